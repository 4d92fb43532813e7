import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import { ending } from './ending.ts';
import { NO_ACCOUNT, relaunch } from './go-on.ts';
import type { Judgement } from './judge.ts';
import { homeOf } from './launch-account.ts';
import { resumes } from './run-parts.ts';
import type { Run } from './runs.ts';
import { finished, interrupted } from './task-end.ts';
import type { TaskProposal } from './task-proposal.ts';

/** A turn that failed goes on so long after it, by how often it did before. */
const CONTINUE_DELAYS_MS = [5_000, 30_000, 120_000] as const;
/** So often a turn that ended in an error goes on where the task does not say (SPEC §5.5). */
const CONTINUES = 3;

/** The agent is ended; then, after a while, its conversation goes on in the same session. */
export function turnFailed(
  input: PlanInput,
  run: Run,
  judgement: Judgement,
  failedAt: number,
  detail: string,
): TaskProposal | null {
  const { record, carrier } = run;
  if (record === null) return null;
  if (!resumes(input, record) || record.errors >= (record.retries ?? CONTINUES)) {
    const after = `${String(record.errors + 1)} turn(s) ended in an error, the last: ${detail}`;
    return finished(input, run, judgement, { result: 'failed', reason: 'agent-error', detail: after });
  }
  if (run.run.agent?.alive === true) return ending(input, run, 'turn-failed', `its turn failed: ${detail}`);
  if (carrier === null) return interrupted(input, run, judgement, `its session is gone after: ${detail}`);
  if (carrier.owned === null || !carrier.ended) return null;
  const delay = CONTINUE_DELAYS_MS[Math.min(record.errors, CONTINUE_DELAYS_MS.length - 1)] ?? 0;
  const { at } = input.observed;
  const wait: Hold | null =
    failedAt + delay > at && failedAt <= at
      ? { reason: 'backing-off', because: `its turn failed: ${detail}`, until: failedAt + delay }
      : null;
  return relaunch(input, run, carrier.owned, {
    record: { ...record, errors: record.errors + 1 },
    account: record.account === null ? NO_ACCOUNT : homeOf(input, record.account),
    reason: 'turn-failed',
    because: `its turn failed (${detail}); its conversation goes on`,
    hold: wait,
  });
}
