import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, OwnedPoolSession } from '../model/plan.ts';
import { claimFile, queueFolders, recordFile } from '../model/queue.ts';
import { pointerStep } from '../model/source.ts';
import type { AttemptRecord, Claim } from '../model/task.ts';
import type { Hold } from './draft.ts';
import { type PoolRoom, roomOf } from './free-session.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { attemptId, conversationId } from './ids.ts';
import { launchOf, realFolder } from './launch.ts';
import { type LaunchAccount, launchAccount } from './launch-account.ts';
import type { Line, Waiting } from './line.ts';
import { entriesOf } from './order.ts';
import { folderHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';
import type { TaskProposal } from './task-proposal.ts';

/** What the tasks that wait ask of a pool. */
export interface Demand {
  /** How many of its sessions are to be alive, within `min` and `max`. */
  readonly wanted: number;
  /** How many tasks wait that could be started at once. */
  readonly waiting: number;
}

/** What goes on before, and goes first. */
export interface GoingOn {
  /** Sessions that are given it. */
  readonly taken: ReadonlySet<string>;
  /** How many more of it there are, keyed by pool. */
  readonly waiting: Readonly<Record<string, number>>;
}

export interface Dispatch {
  readonly proposals: readonly TaskProposal[];
  /** Keyed by pool. */
  readonly demand: Readonly<Record<string, Demand>>;
  /** Sessions that are given a task by this plan. */
  readonly taken: ReadonlySet<string>;
  readonly nextAt: number | null;
}

/** Gives the free sessions of each pool their next tasks, and says how many sessions the rest asks for. */
export function dispatch(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
  line: Line,
  goingOn: GoingOn,
): Dispatch {
  const proposals: TaskProposal[] = [];
  const demand: Record<string, Demand> = {};
  const given = new Set<string>();
  const times: number[] = line.nextAt === null ? [] : [line.nextAt];
  for (const [pool, spec] of entriesOf(input.desired.pools)) {
    const room = without(roomOf(input, seen, pool, spec), goingOn.taken);
    const served = serve(input, line.waiting[pool] ?? [], room, spec.max, proposals.length);
    proposals.push(...served.proposals);
    for (const name of served.taken) given.add(name);
    // Without tasks that wait, a session that is merely not to be had is no reason for one more.
    const waiting = served.startable + (goingOn.waiting[pool] ?? 0);
    const needed = waiting === 0 ? 0 : room.unavailable + waiting;
    const wanted = Math.min(spec.max, Math.max(spec.min, needed));
    demand[pool] = { wanted, waiting };
    if (served.startable > room.available.length && room.nextAt !== null) times.push(room.nextAt);
  }
  return { proposals, demand, taken: given, nextAt: times.length === 0 ? null : Math.min(...times) };
}

/** What goes on before goes first. */
function without(room: PoolRoom, taken: ReadonlySet<string>): PoolRoom {
  const available = room.available.filter(({ name }) => !taken.has(name));
  return { ...room, available, unavailable: room.unavailable + room.available.length - available.length };
}

interface Served {
  readonly proposals: readonly TaskProposal[];
  readonly taken: readonly string[];
  readonly startable: number;
}

/** One task for each session, in order; one that is held back lets the others pass. */
function serve(
  input: PlanInput,
  tasks: readonly Waiting[],
  room: PoolRoom,
  max: number,
  first: number,
): Served {
  const proposals: TaskProposal[] = [];
  const taken: string[] = [];
  const accounts = new Map<string, LaunchAccount>();
  let startable = 0;
  let held = 0;
  for (const task of tasks) {
    // More than every session could take changes nothing.
    if (startable >= max || held >= max) break;
    const { agent } = task.granted;
    const account = accounts.get(agent) ?? launchAccount(input, agent);
    accounts.set(agent, account);
    const hold = holdOf(input, task, account);
    const session = room.available[taken.length];
    if (hold === null) startable += 1;
    else held += 1;
    const shown = session ?? room.available[0];
    if (shown === undefined || (hold === null && session === undefined)) continue;
    const action = startOf(input, task, shown, account, first + proposals.length);
    proposals.push({ at: 'tasks', action, hold, from: 'inbox', to: 'claimed' });
    if (hold === null) taken.push(shown.name);
  }
  return { proposals, taken, startable };
}

function holdOf(input: PlanInput, { inbox, entry, granted }: Waiting, account: LaunchAccount): Hold | null {
  const target = `task/${inbox}/${entry.task.id}`;
  return firstHold(
    suspended(input, [target, `inbox/${inbox}`]),
    Object.hasOwn(input.agents, granted.agent)
      ? null
      : {
          reason: 'agent-unknown',
          because: `the profile of ${granted.agent} does not say how to start it`,
          until: null,
        },
    account.ok ? null : account.hold,
    folderHold(input, granted.cwd),
    backingOff(input, target),
  );
}

function startOf(
  input: PlanInput,
  waiting: Waiting,
  session: OwnedPoolSession,
  account: LaunchAccount,
  index: number,
): ActionOf<'task.start'> {
  const { inbox, spec, file, entry, granted, number } = waiting;
  const { desired, observed } = input;
  const attempt = attemptId(observed.at, observed.nonce, index);
  const folders = queueFolders(spec.dir);
  const { id } = entry.task;
  const claim: Claim = {
    inbox,
    id,
    session: session.name,
    attempt,
    file: claimFile({ id, session: session.name, attempt }),
  };
  const record = recordOf(input, waiting, claim, account.ok ? account.account : null, index);
  const because = `${entry.task.priority}, ${number === 1 ? 'next in line' : `attempt ${String(number)}`}; ${session.name} is free; ${granted.agent}${granted.model === null ? '' : `, ${granted.model}`}${record.account === null ? '' : `, account ${record.account}`}`;
  const source = `/inboxes/${pointerStep(inbox)}`;
  return {
    ...words(desired, `task/${inbox}/${id}`, 'next-in-line', because, source, false),
    type: 'task.start',
    effect: {
      type: 'task.start',
      session,
      claim,
      from: `${folders.inbox}/${file}`,
      claimed: `${folders.claimed}/${claim.file}`,
      identity: entry.identity,
      launch: launchOf(input, record, account.ok ? account.home : null, 'start'),
      record,
      recordPath: `${folders.attempts}/${recordFile(id, attempt)}`,
      maxBytes: desired.tasks.maxBytes,
    },
  };
}

function recordOf(
  { desired, observed, agents }: PlanInput,
  { inbox, spec, file, entry, granted, number }: Waiting,
  claim: Claim,
  account: string | null,
  index: number,
): AttemptRecord {
  const { task, sha256, bytes } = entry;
  const { id, attempt, session } = claim;
  const delivery = agents[granted.agent]?.delivery ?? 'argv';
  return {
    version: 1,
    attempt,
    fleet: desired.name,
    inbox,
    id,
    title: task.title,
    file,
    sha256,
    bytes,
    number,
    session,
    pool: spec.pool,
    agent: granted.agent,
    model: granted.model,
    account,
    cwd: realFolder(observed, granted.cwd),
    conversation:
      agents[granted.agent]?.choosesConversation === true ? null : conversationId(observed.nonce, index),
    priority: task.priority,
    delivery: task.deliver === 'file' && delivery === 'argv' ? 'file' : delivery,
    timeoutMs: task.timeoutMs,
    retries: task.retries,
    startedAt: observed.at,
    launches: 1,
    launchedAt: observed.at,
    errors: 0,
    parkedUntil: null,
    end: null,
  };
}
