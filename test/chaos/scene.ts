import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fails } from '../swaps/limits.ts';
import { type SwapFleet, swapFleet } from '../swaps/swap-fleet.ts';
import { HELD } from './held.ts';
import { mountSmallDisks } from './small-disk.ts';

/** What happens in a fleet while it is hurt. */
export const STORIES = ['task', 'swap'] as const;
export type Story = (typeof STORIES)[number];

/** Where each task must end where nothing is hurt, and by how many prompts its agent was set to work. */
export const ENDS: Readonly<
  Record<Story, Readonly<Record<string, { readonly end: string; readonly runs: number }>>>
> = {
  task: { a: { end: 'done', runs: 1 }, z: { end: 'rejected', runs: 0 } },
  swap: { a: { end: 'done', runs: 2 } },
};

/** A session of somebody else's, one of the operator's that is declared, and a file of theirs: none may ever change. */
export const THEIRS = 'theirs';
export const DEDICATED = 'ops-1';

/** A fleet that nothing was done for yet: homes without links, no server, tasks in its inbox. */
export function sceneOf(story: Story, smallDisks = false): SwapFleet {
  const fleet = swapFleet({
    min: 1,
    max: 1,
    speed: 4,
    every: '1s',
    swapCooldown: '10m',
    more: `dedicated: { ${DEDICATED}: { cwd: ~/work } }\n`,
    rules:
      story === 'swap'
        ? [fails('limit-5h', { account: 'main', afterMs: 800 })]
        : [
            {
              when: {},
              steps: [
                { type: 'work', ms: 400 },
                { type: 'run', argv: ['rollcall', 'task', 'done'] },
              ],
            },
          ],
  });
  if (smallDisks) {
    mountSmallDisks(fleet.home);
    mkdirSync(fleet.inbox);
  }
  mkdirSync(join(fleet.home, 'held'));
  writeFileSync(join(fleet.home, 'held', HELD.effects), '');
  writeFileSync(join(fleet.home, 'precious'), 'theirs');
  fleet.put('a', 'Do it.\n');
  if (story === 'task') fleet.put('z', '---\ncwd: /\n---\nx\n');
  return fleet;
}

/** Where the held loop and the chaos tell each other. */
export function heldFolder(fleet: SwapFleet): string {
  return join(fleet.home, 'held');
}
