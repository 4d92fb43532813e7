import type { HookFact } from '../model/run.ts';
import { oneRow } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { kindHit, recordOf, textAt, valueAt } from './record.ts';

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
    text: said === null ? null : oneRow(said),
  };
}
