import type { Incarnation } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { pointerStep } from '../model/source.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { entriesOf } from './order.ts';
import { folderHold } from './session-holds.ts';
import { type Proposal, type SessionAction, words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';

/** What makes the dedicated sessions that are missing; one that is there has no action at all. */
export function dedicatedCreations(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  incarnation: Incarnation | null,
): readonly Proposal[] {
  return entriesOf(input.desired.dedicated)
    .filter(([name]) => !Object.hasOwn(seen, name))
    .map(([name, { cwd }]) => {
      const target = `session/${name}`;
      const because = `declared in dedicated, no session of that name`;
      const action: SessionAction = {
        ...words(input.desired, target, 'missing', because, `/dedicated/${pointerStep(name)}`, false),
        type: 'session.create',
        effect: {
          type: 'session.create',
          name,
          owner: input.desired.name,
          cwd,
          incarnation,
          runs: { type: 'shell' },
        },
      };
      return {
        action,
        hold: firstHold(suspended(input, [target]), folderHold(input, cwd), backingOff(input, target)),
      };
    });
}
