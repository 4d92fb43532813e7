import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Where a prompt came from. `continue`: its own words after a limit. */
export type PromptSource = 'argv' | 'typed' | 'continue' | 'notification';

/** What happened to one agent process; the oracle for exactly-once. Byte counts and digests are of UTF-8. */
export type LedgerEvent =
  | {
      readonly event: 'start';
      /** Without the prompt. */
      readonly flags: readonly string[];
      readonly cwd: string;
      /** `CLAUDE_CONFIG_DIR` as given, and where that really is. */
      readonly home: string | null;
      readonly realHome: string;
      /** Names of the environment's variables, sorted. */
      readonly environment: readonly string[];
      readonly resumed: boolean;
    }
  | { readonly event: 'ready' }
  /** Bytes that came from the terminal. */
  | { readonly event: 'input'; readonly bytes: number }
  | { readonly event: 'enter-swallowed' }
  | {
      readonly event: 'prompt';
      readonly source: PromptSource;
      readonly bytes: number;
      readonly sha256: string;
      /** Of each paste in it, as pasted, without the wrapping. */
      readonly pastes: readonly { readonly bytes: number; readonly sha256: string }[];
      /** Its first 200 characters. */
      readonly starts: string;
    }
  | { readonly event: 'prompt-refused'; readonly source: PromptSource }
  | {
      readonly event: 'turn-begin';
      readonly turn: number;
      readonly rule: number | null;
      readonly sha256: string;
    }
  | { readonly event: 'turn-end'; readonly turn: number; readonly result: string }
  | { readonly event: 'run'; readonly argv: readonly string[]; readonly code: number | null }
  | { readonly event: 'dialog'; readonly dialog: string; readonly answer: number | null }
  | { readonly event: 'signal'; readonly signal: string; readonly ignored: boolean }
  | { readonly event: 'problem'; readonly text: string }
  | {
      readonly event: 'exit';
      readonly code: number | null;
      readonly signal: string | null;
      readonly orderly: boolean;
    };

export type LedgerLine = LedgerEvent & {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly pid: number;
  readonly session: string;
};

export type Ledger = (event: LedgerEvent) => void;

/** Appends to the file of `SCRIPTED_AGENT_LEDGER`, each line on the disk before it returns; null: nowhere. */
export function openLedger(file: string | null, session: () => string): Ledger {
  if (file === null) return () => {};
  return (event) => {
    const line: LedgerLine = { ...event, at: Date.now(), pid: process.pid, session: session() };
    const handle = openSync(file, 'a', 0o600);
    try {
      // One write of one line: several agents may share a ledger.
      writeSync(handle, `${JSON.stringify(line)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  };
}

/** The lines of a ledger, oldest first; none where there is no file yet. A line cut off by a full disk throws. */
export function readLedger(file: string): readonly LedgerLine[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as LedgerLine);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Size and digest of a text, as the ledger writes them. */
export function measureOf(text: string): { readonly bytes: number; readonly sha256: string } {
  const bytes = Buffer.from(text, 'utf8');
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
