/** All that a verb may touch of its process; tests hand in their own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Asks on the terminal and gives the line typed, null where input ended. Null: there is no terminal to ask on. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
  /** Standard input; left out: there is none. */
  readonly input?: () => AsyncIterable<Uint8Array>;
  /** From the first call on, Ctrl-C and SIGTERM no longer end the process but abort this signal, by their name. */
  readonly interruption: () => AbortSignal;
  /** Calls back on every SIGHUP, which from then on does not end the process. */
  readonly onHangup: (ring: () => void) => void;
  /** Aborts when nobody reads stdout any more (`| head`). */
  readonly gone: AbortSignal;
  /** Runs a program on our own terminal and gives its exit code. */
  readonly runOnTerminal: (command: string, args: readonly string[]) => Promise<number>;
}

export interface Sink {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** systemd connected it to the journal; left out: it did not. */
  readonly isJournal?: boolean;
  /** Null where it is no terminal. */
  readonly columns: number | null;
}
