import { dirname } from 'node:path';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, ResumableDedicated } from '../model/plan.ts';
import { inUse } from './dedicated-rest.ts';
import type { Hold } from './draft.ts';
import type { Sighting } from './sight.ts';

/**
 * The one place that mints the brand without which no action can name a dedicated session that is there: only for one
 * that the file declares with `onSwap: resume`. Null: it is none, or its pane is not there as it was.
 */
export function resumableDedicated(
  { desired, observed }: PlanInput,
  { type, session }: Sighting,
  pane: string,
  panePid: number,
): ResumableDedicated | null {
  const { id, name, stamp } = session;
  const { tmux } = observed;
  if (type !== 'dedicated' || desired.dedicated[name]?.onSwap !== 'resume') return null;
  if (!tmux.ok || tmux.value.type === 'none' || session.panes[pane]?.pid !== panePid) return null;
  const { incarnation } = tmux.value;
  return { name, id, pane, panePid, owner: stamp?.owner ?? '', incarnation } as ResumableDedicated;
}

/** What the swap asks of a dedicated session; `how`: the two words of the document. */
export interface OperatorProposal {
  readonly name: string;
  readonly action: ActionOf<'dedicated.stop'> | ActionOf<'dedicated.resume'>;
  readonly hold: Hold | null;
  readonly how: readonly [now: string, then: string];
}

/** Absolute: beside the folders of the runs. */
export function notesFolder({ runsDir }: PlanInput): string {
  return `${dirname(runsDir)}/dedicated`;
}

/** Another session shows the pane, too: what is done in the one is done in the other. */
export function sharedHold({ observed }: PlanInput, pane: string): Hold | null {
  const { tmux } = observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  const shown = sessions.filter(({ panes }) => Object.hasOwn(panes, pane)).length;
  return shown > 1 ? inUse('another session shows its pane, too') : null;
}

/** Keys would not reach what is in the pane, or somebody reads in it. */
export function paneHold({ session }: Sighting, id: string): Hold | null {
  const pane = session.panes[id];
  if (session.contradictedBy !== null) return { ...inUse('its stamp is contradicted'), reason: 'tampered' };
  if (pane?.inMode === true) return inUse('its pane is in copy mode');
  return pane?.inputOdd === true ? inUse('keys for its pane go elsewhere, too') : null;
}
