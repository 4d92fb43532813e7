import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { AttemptRecord } from '../model/task.ts';
import { shellWord } from './paths.ts';
import { entriesOf } from './order.ts';
import type { Run } from './runs.ts';

/** What a person should know about the inboxes and the tasks that run. */
export function taskDiagnostics(
  input: PlanInput,
  runs: Readonly<Record<string, Run>>,
): readonly Diagnostic[] {
  return [
    ...aboutInboxes(input),
    ...entriesOf(runs).flatMap(([, run]) => [...waiting(run), ...stuck(input, run)]),
  ];
}

function aboutInboxes({ desired, observed }: PlanInput): readonly Diagnostic[] {
  return entriesOf(desired.inboxes).flatMap(([inbox, { dir }]) => {
    const reading = observed.inboxes[inbox];
    if (reading === undefined) return [];
    if (!reading.ok) return [reading.diagnostic];
    const { strays } = reading.value;
    if (strays.length === 0) return [];
    const shown = strays.slice(0, 5).join(', ');
    const more = strays.length > 5 ? ` and ${String(strays.length - 5)} more` : '';
    const diagnostic: Diagnostic = {
      severity: 'info',
      code: 'inbox-strays',
      target: `inbox/${inbox}`,
      summary: 'Files that are no tasks lie in an inbox; they are left alone',
      detail: `${shown}${more}. A task is a file NAME.md in ${dir}.`,
      help: `ls -la ${shellWord(dir)}`,
    };
    return [diagnostic];
  });
}

function waiting({ record, carrier, judgement }: Run): readonly Diagnostic[] {
  if (judgement?.state !== 'waiting' || record === null) return [];
  const where = carrier?.name ?? record.session;
  return [
    {
      severity: 'warning',
      code: 'task-waiting',
      target: `task/${record.inbox}/${record.id}`,
      summary: 'A task waits for an answer',
      detail: `${where}: ${judgement.question ?? 'its agent asks something'}`,
      help: `rollcall attach ${where}`,
    },
  ];
}

/** What cannot be known is said, and nothing is sent again by itself (SPEC §5.4). */
const UNKNOWN_AFTER_MS = 10_000;

function stuck(
  { observed, desired }: PlanInput,
  { record, carrier, judgement, run }: Run,
): readonly Diagnostic[] {
  if (record === null || judgement === null) return [];
  if (record.fleet !== desired.name) return [anothers(record)];
  if (!Object.hasOwn(desired.inboxes, record.inbox)) return [undeclared(record)];
  if (run.claim === null) return [];
  const target = `task/${record.inbox}/${record.id}`;
  const work = carrier?.session.stamp?.work ?? null;
  const since = work?.since ?? observed.at;
  const undelivered =
    record.delivery === 'paste' &&
    work?.phase === 'pasted' &&
    judgement.state === 'idle' &&
    observed.at - since > UNKNOWN_AFTER_MS;
  if (undelivered) {
    return [
      {
        severity: 'warning',
        code: 'task-stuck',
        target,
        summary: 'Whether a task reached its agent cannot be told',
        detail: `${carrier?.name ?? record.session}: its text was pasted, and stands neither in the input box nor in a turn. It is not sent again.`,
        help: `rollcall attach ${carrier?.name ?? record.session}  (then: rollcall task cancel ${record.id}, and task retry)`,
      },
    ];
  }
  return [];
}

function undeclared({ inbox, id }: AttemptRecord): Diagnostic {
  return {
    severity: 'warning',
    code: 'task-stuck',
    target: `task/${inbox}/${id}`,
    summary: 'A task runs whose inbox is not declared any more',
    detail: `inbox ${inbox} was taken out of the file; its task and its session are left as they are`,
    help: 'declare the inbox again, or end the task by hand',
  };
}

function anothers({ fleet, inbox, id }: AttemptRecord): Diagnostic {
  return {
    severity: 'warning',
    code: 'task-stuck',
    target: `task/${inbox}/${id}`,
    summary: 'Another fleet works on a task of this inbox',
    detail: `fleet ${fleet} has claimed it; it is left alone`,
    help: 'give each fleet an inbox of its own',
  };
}
