import type { PlanInput } from '../model/plan-input.ts';
import { queueFolders } from '../model/queue.ts';
import { pointerStep } from '../model/source.ts';
import type { AttemptRecord } from '../model/task.ts';
import type { Hold } from './draft.ts';
import { suspended } from './holds.ts';
import type { Run } from './runs.ts';
import { poolPlaces } from './sight.ts';

/** An operator asked for hands off: of its session, its pool, its inbox or itself. */
export function handsOff(input: PlanInput, { carrier, record, run }: Run): Hold | null {
  const place = carrier === null ? null : poolPlaces(input.desired.pools)(carrier.name);
  return suspended(input, [
    ...(carrier === null ? [] : [`session/${carrier.name}`]),
    ...(place === null ? [] : [`pool/${place.pool}`]),
    ...(record === null ? [] : [`inbox/${record.inbox}`, `task/${record.inbox}/${record.id}`]),
    ...(run.claim === null ? [] : [`task/${run.claim.inbox}/${run.claim.id}`]),
  ]);
}

/** The folders of a declared inbox; null: it is not declared any more, and nothing of it is touched. */
export function foldersOf(input: PlanInput, inbox: string): ReturnType<typeof queueFolders> | null {
  const spec = input.desired.inboxes[inbox];
  return spec === undefined ? null : queueFolders(spec.dir);
}

/** What a step for it is addressed to: its task, or the session where that is not known. */
export function addressOf({ record, run, carrier, attempt }: Run): string {
  if (run.claim !== null) return `task/${run.claim.inbox}/${run.claim.id}`;
  if (record !== null) return `task/${record.inbox}/${record.id}`;
  return `session/${carrier?.name ?? attempt}`;
}

/** The key of the file that asks for it. */
export function sourceOfRun({ record, run }: Run): string {
  const inbox = run.claim?.inbox ?? record?.inbox;
  return inbox === undefined ? '/pools' : `/inboxes/${pointerStep(inbox)}`;
}

/** The name beside a name that is taken. */
export function besides(file: string, token: string): string {
  return file.endsWith('.md') ? `${file.slice(0, -3)}@${token}.md` : `${file}@${token}`;
}

/** Whether its agent can go on with its conversation after its process has ended: only with one that is known. */
export function resumes({ agents }: PlanInput, record: AttemptRecord | null): boolean {
  return record !== null && record.conversation !== null && agents[record.agent]?.resumes === true;
}
