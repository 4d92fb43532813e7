import { fileURLToPath } from 'node:url';

/** The program of a loop that stands still at an effect. */
export const HELD_LOOP = fileURLToPath(new URL('held-loop.ts', import.meta.url));

/** The files by which it and the chaos tell each other. */
export const HELD = { held: 'held', go: 'go', effects: 'effects' } as const;
