import { queueFolders } from '../../src/model/queue.ts';

/** Where everything of a simulated machine lies. */
export const PLACES = {
  fleet: 'home',
  userHome: '/h',
  cwd: '/w',
  /** Begins the names of the pool's sessions. */
  prefix: 'auto-',
  startIndex: 1,
  inbox: 'box',
  queue: queueFolders('/q/inbox'),
  link: '/h/.claude',
  shared: '/h/shared',
  homes: { main: '/h/.claude-main', backup: '/h/.claude-backup' },
  runtime: '/run/u',
  /** As the product itself derives it from the runtime folder and the fleet's name. */
  runs: '/run/u/rollcall/home/runs',
} as const;

export type AccountName = keyof typeof PLACES.homes;
export const ACCOUNTS: readonly AccountName[] = ['main', 'backup'];

/** In the environment of the loop and of the agents alone: it must never be seen elsewhere. */
export const SECRET = 'hunter2-7f3a9c';
