import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import type { QueueFolders } from '../model/queue.ts';
import { queueFolders, recordFile } from '../model/queue.ts';
import type { ObservedRun } from '../model/run.ts';
import type { AttemptRecord, Claim } from '../model/task.ts';
import { isCarriedByTheDead, isLaunchOf } from './guard-agents.ts';
import type { Claims } from './guard-broken.ts';
import { broken } from './guard-broken.ts';
import { endsAs } from './guard-end.ts';
import { wishesBeyond } from './guard-launch.ts';
import { isNameIn } from './guard-paths.ts';
import { isOurs, seenAs } from './guard-sessions.ts';

/** A file leaves its inbox only for what was found wrong with it, and unchanged. */
export function rejectsOnlyBad(action: ActionOf<'task.reject'>, input: PlanInput): readonly string[] {
  const { from, to, otherwise, identity, reason } = action.effect;
  const found = Object.entries(input.desired.inboxes).find(([, { dir }]) => isNameIn(dir, from));
  const reading = found === undefined ? undefined : input.observed.inboxes[found[0]];
  if (found === undefined || reading?.ok !== true) return [`task.reject of ${from}: its inbox was not read`];
  const [, spec] = found;
  const folders = queueFolders(spec.dir);
  const name = from.slice(folders.inbox.length + 1);
  const entry = Object.hasOwn(reading.value.entries, name) ? reading.value.entries[name] : undefined;
  const asked = entry?.type === 'task' ? entry.task : null;
  const beyond = asked !== null && wishesBeyond(spec, asked, input).length > 0;
  return broken(`task.reject of ${from}`, [
    [
      entry?.type === 'bad' ? entry.reason === reason : beyond && reason === 'not-allowed',
      'nothing is wrong with it',
    ],
    [
      entry !== undefined && entry.type !== 'unsettled' && entry.identity === identity,
      'it is another file by now',
    ],
    [isNameIn(folders.rejected, to) && isNameIn(folders.rejected, otherwise), 'it would go somewhere else'],
    [to !== otherwise, 'it has no second name'],
  ]);
}

/** A task goes to `done/` or `failed/` only when it is claimed, and for an end that was seen. */
export function finishesOnlyClaimed(action: ActionOf<'task.finish'>, input: PlanInput): readonly string[] {
  const { claimed, to, otherwise, record } = action.effect;
  const found = claimedRun(claimed, input);
  if (found === null) return [`task.finish of ${claimed}: no such task was seen claimed`];
  const { run, folders, claim } = found;
  const done = isNameIn(folders.done, to) && isNameIn(folders.done, otherwise);
  const failed = isNameIn(folders.failed, to) && isNameIn(folders.failed, otherwise);
  return broken(`task.finish of ${claim.inbox}/${claim.id}`, [
    ...keepsItsRecord(action.effect, found),
    [done || failed, 'it would go somewhere else'],
    [record === null || (record.end?.result === 'done') === done, 'its place is not that of its result'],
    [record !== null || failed, 'nothing is known of it, and it would be done'],
    [
      record !== null || run.agent?.alive !== true || run.word !== null,
      'its agent lives, and nothing is said',
    ],
    ...(record === null ? [] : endsAs(record, run, input)),
  ]);
}

/** A task goes back only when its agent was started and is no more, and it may be tried again. */
export function returnsOnlyInterrupted(action: ActionOf<'task.return'>, input: PlanInput): readonly string[] {
  const { claimed, to, otherwise, record } = action.effect;
  const found = claimedRun(claimed, input);
  if (found === null) return [`task.return of ${claimed}: no such task was seen claimed`];
  const { run, folders, claim } = found;
  return broken(`task.return of ${claim.inbox}/${claim.id}`, [
    ...keepsItsRecord(action.effect, found),
    [isNameIn(folders.inbox, to) && isNameIn(folders.inbox, otherwise), 'it would go somewhere else'],
    [to.endsWith('.md') && otherwise.endsWith('.md'), 'nobody would look at it there'],
    [input.observed.tmux.ok, 'the server was not read: its agent may live'],
    [run.agent?.alive !== true, 'its agent lives'],
    [run.spec !== 'waiting' || isCarriedByTheDead(claim.attempt, input), 'its agent may start yet'],
    [run.word === null, 'something was said about it'],
    [record?.end?.result === 'returned' && record.end.reason === 'interrupted', 'it was not interrupted'],
    [record !== null && record.number <= (record.retries ?? 0), 'it was tried often enough'],
  ]);
}

/** A dispatch is taken back only where no agent was ever started for it. */
export function unclaimsOnlyWhatNeverRan(
  action: ActionOf<'task.unclaim'>,
  input: PlanInput,
): readonly string[] {
  const { attempt, launchDir, session, claimed, to, otherwise, recordPath } = action.effect;
  const run = input.observed.runs[attempt];
  const found = claimed === null ? null : claimedRun(claimed, input);
  const stamp = session === null ? undefined : seenAs(session, input)?.stamp;
  const folders = Object.values(input.desired.inboxes).map(({ dir }) => queueFolders(dir));
  const launches = run?.record.ok === true ? (run.record.value?.launches ?? 1) : 1;
  const later = claimed === null && session !== null && launches > 1;
  return broken(`task.unclaim of ${attempt}`, [
    ...(session === null ? carriedByNobody(attempt, input) : isOurs(session, input)),
    // A session that was reserved for a later start, and nothing else, may be freed whatever came of the first.
    [later || (run !== undefined && run.spec !== 'taken'), 'its agent was started, as far as is known'],
    [later || (run?.agent == null && run?.exit == null), 'its agent has left traces'],
    [session === null || stamp?.work?.attempt === attempt, 'the session is reserved for another'],
    [session === null || stamp?.work?.phase === null, 'the session says that it was started'],
    [session !== null || claimed !== null, 'there is nothing to take back'],
    [launchDir === null ? later : isLaunchOf(launchDir, attempt, input), 'its run folder is another one'],
    [claimed === null || found?.claim.attempt === attempt, 'no such task was seen claimed'],
    [claimed !== null || run?.claim == null, 'its claim would be left'],
    [
      claimed === null
        ? to === null && otherwise === null
        : found !== null &&
          [to, otherwise].every((each) => each !== null && isNameIn(found.folders.inbox, each)),
      'it would go somewhere else',
    ],
    [
      recordPath === null ||
        folders.some(
          ({ attempts }) => isNameIn(attempts, recordPath) && recordPath.endsWith(`@${attempt}.json`),
        ),
      'it would remove another record',
    ],
  ]);
}

interface ClaimedRun {
  readonly claim: Claim;
  readonly run: ObservedRun;
  readonly folders: QueueFolders;
}

/** The run behind a path in some `claimed/`, where the look saw both. */
function claimedRun(path: string, input: PlanInput): ClaimedRun | null {
  for (const [name, { dir }] of Object.entries(input.desired.inboxes)) {
    const folders = queueFolders(dir);
    const reading = input.observed.inboxes[name];
    if (reading?.ok !== true) continue;
    const claim = Object.values(reading.value.claims).find(
      ({ file }) => path === `${folders.claimed}/${file}`,
    );
    const run = claim === undefined ? undefined : input.observed.runs[claim.attempt];
    if (claim !== undefined && run !== undefined && isNameIn(folders.claimed, path))
      return { claim, run, folders };
  }
  return null;
}

/** Its record stays the record of this run, in its place; a record that could not be read is not written. */
function keepsItsRecord(
  { record, recordPath }: { readonly record: AttemptRecord | null; readonly recordPath: string },
  { claim, run, folders }: ClaimedRun,
): Claims {
  const before = run.record.ok ? run.record.value : null;
  return [
    [
      recordPath === `${folders.attempts}/${recordFile(claim.id, claim.attempt)}`,
      'its record lies elsewhere',
    ],
    [record === null || before !== null, 'it would make up a record'],
    [record === null || record.attempt === claim.attempt, 'the record is of another run'],
    [
      record === null || (record.sha256 === before?.sha256 && record.file === before.file),
      'it would change what ran',
    ],
    [record === null || record.end !== null, 'the record says no end'],
  ];
}

function carriedByNobody(attempt: string, input: PlanInput): Claims {
  const { tmux } = input.observed;
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  return [
    [tmux.ok, 'the server was not read'],
    [sessions.every(({ stamp }) => stamp?.work?.attempt !== attempt), 'a session is reserved for it'],
  ];
}
