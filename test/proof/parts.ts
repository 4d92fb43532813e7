/** One heavy part of the proof: what `npm run proof` runs, in this order. */
export interface Part {
  /** A word to ask for it by. */
  readonly name: string;
  /** What it shows, in one phrase. */
  readonly shows: string;
  /** Program and arguments, in the folder of the project. */
  readonly command: readonly string[];
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A part's own figures stand in lines of its output that begin so, each with one JSON object behind it. */
export const FIGURES = 'figures: ';

export const PARTS: readonly Part[] = [
  {
    name: 'simulator',
    shows:
      'the whole loop on a simulated machine: a drawn half of all faults strikes, every promise is checked at every call, and it comes to rest',
    command: ['node', 'test/sim/main.ts', '100000'],
  },
  {
    name: 'small-scope',
    shows: 'every interleaving and crash point of a dispatch and of a swap, up to a bound',
    command: ['vitest', 'run', 'test/protocol/protocol.test.ts', 'test/protocol/swap.test.ts'],
  },
  {
    name: 'conformance',
    shows: 'the simulated tmux answers as the real one: sequences of commands, hostile names included',
    command: ['node', 'test/sim/conform.ts', '2000'],
  },
  {
    name: 'fuzz',
    shows: 'no text of others breaks a parser: none throws, each answer fits its shape, in bounded time',
    command: ['vitest', 'run', 'test/fuzz'],
    env: { ROLLCALL_HEAVY: '1' },
  },
  {
    name: 'laws',
    shows: 'the promises over generated fleets, worlds, tasks and histories of quota',
    command: ['vitest', 'run', 'test/plan'],
    env: { ROLLCALL_HEAVY: '1' },
  },
  {
    name: 'chaos',
    shows: 'twelve things that go wrong, right behind each effect of a real loop on real tmux',
    command: ['node', 'test/chaos/run.ts'],
  },
  {
    name: 'soak',
    shows: 'half an hour of agents under damage of all kinds: memory and open files stay flat',
    command: ['node', 'test/chaos/soak.ts'],
  },
];
