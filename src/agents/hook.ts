import type { HookFact } from '../model/run.ts';
import { oneRow } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { type AgentRecord, kindHit, recordOf, textAt, timeAt, valueAt } from './record.ts';

/**
 * What one event says that a hook of ours wrote down at `at` (epoch milliseconds); null where it tells nothing of the
 * turn, or is none. Pure and total.
 */
export function readHook({ hooks }: Profile, text: string, at: number): HookFact | null {
  const record = recordOf(text);
  if (hooks === undefined || record === null) return null;
  const said = textAt(record, hooks.text);
  const rule = Object.values(hooks.events).find((each) => kindHit(each, record, said, hooks.also) !== null);
  if (rule === undefined) return null;
  const background = hooks.background === undefined ? null : valueAt(record, hooks.background);
  return {
    event: rule.means,
    at,
    error: rule.error ?? null,
    background: Array.isArray(background) ? background.length : 0,
    resetsAt: resetOf(hooks.resetsAt, record, rule.error, at),
    text: said === null ? null : oneRow(said),
  };
}

function resetOf(
  field: string | undefined,
  record: AgentRecord,
  error: HookFact['error'] | undefined,
  at: number,
): number | null {
  const told = field === undefined || error !== 'quota' ? null : timeAt(record, field);
  return told === null || told < at + SOONEST_MS ? null : told;
}

/** What is tried again sooner was put off by a back-off, and no limit is told by it. */
const SOONEST_MS = 60_000;
