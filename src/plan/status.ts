import { poolIndex, poolSessionName } from '../model/desired.ts';
import type { DedicatedAgent } from '../model/dedicated-agent.ts';
import type { ObservedSession } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import type { PoolStatus, SessionStatus, Status } from '../model/status.ts';
import type { SessionState } from '../model/words.ts';
import { accountStatuses, parkedStatuses } from './account-status.ts';
import { goesOnAt } from './blocked.ts';
import { entriesOf } from './order.ts';
import { type Run, runsOf } from './runs.ts';
import { phaseOf } from './phase.ts';
import type { Sighting } from './sight.ts';
import { isAlive, sightings } from './sight.ts';

/** The fleet as this look shows it; who runs the loop and what lies in the inboxes is added by the caller. */
export function statusOf(input: PlanInput, plan: Plan): Omit<Status, 'loop' | 'inboxes'> {
  const { desired, observed, suspensions } = input;
  const sessions = sessionStatuses(input);
  const phase = phaseOf(input, plan);
  return {
    fleet: desired.name,
    file: desired.file,
    phase,
    blockedUntil: phase === 'Blocked' ? goesOnAt(input) : null,
    observedAt: observed.at,
    accounts: accountStatuses(input),
    sessions,
    pools: poolStatuses(input, sessions),
    parked: parkedStatuses(input, plan),
    suspensions: suspensions.ok ? suspensions.value : {},
    pending: { actions: plan.actions.length, withheld: plan.withheld.length },
    diagnostics: plan.diagnostics,
  };
}

/** Every declared session, and every pool session of ours beyond them; foreign ones are nobody's business. */
function sessionStatuses(input: PlanInput): Readonly<Record<string, SessionStatus>> {
  const { desired, observed } = input;
  const seen = sightings(desired, observed);
  const work = seen === null ? {} : workOf(runsOf(input, seen));
  const statuses: Record<string, SessionStatus> = {};
  for (const [name] of entriesOf(desired.dedicated)) {
    const status = statusOfSession(desired.name, 'dedicated', null, seen?.[name], seen === null);
    statuses[name] = { ...status, ...ownAgentOf(observed.operators[name] ?? []) };
  }
  for (const [pool, spec] of entriesOf(desired.pools)) {
    for (let i = 0; i < spec.max; i += 1) {
      const name = poolSessionName(spec, spec.startIndex + i);
      const sighting = seen?.[name];
      // Beyond `min` a name that is not there is not missing.
      if (sighting === undefined && i >= spec.min && seen !== null) continue;
      statuses[name] = statusOfSession(desired.name, 'pool', pool, sighting, seen === null);
    }
  }
  for (const [name, sighting] of entriesOf(seen ?? {})) {
    if (sighting.type === 'pool' && statuses[name] === undefined) {
      statuses[name] = statusOfSession(desired.name, 'pool', null, sighting, false);
    }
  }
  return Object.fromEntries(
    Object.entries(statuses).map(([name, status]) => [name, { ...status, ...work[name] }]),
  );
}

/** What is known of the one agent of the operator's in a dedicated session; nothing where there are several. */
function ownAgentOf(agents: readonly DedicatedAgent[]): Partial<SessionStatus> {
  const [agent, second] = agents;
  if (agent === undefined || second !== undefined) return {};
  const { account, conversation, facts } = agent;
  const state = facts.registry?.status;
  return { account, conversation, ...(state === undefined ? {} : { state }) };
}

/** What is known of the tasks in the sessions that carry one, keyed by session. */
function workOf(runs: Readonly<Record<string, Run>>): Readonly<Record<string, Partial<SessionStatus>>> {
  return Object.fromEntries(
    Object.values(runs).flatMap(({ carrier, record, judgement, run }) => {
      if (carrier === null) return [];
      const over = run.claim === null;
      const status: Partial<SessionStatus> = {
        state: judgement?.state ?? 'starting',
        ...(record === null
          ? {}
          : {
              account: record.account,
              task: `task/${record.inbox}/${record.id}`,
              conversation: record.conversation,
              since: record.launchedAt,
            }),
        ...(record?.parkedUntil == null || over ? {} : { note: 'its task waits for quota' }),
        ...(over ? { note: 'its task is over; its agent is being ended' } : {}),
        ...(judgement?.question == null ? {} : { note: judgement.question }),
      };
      return [[carrier.name, status] as const];
    }),
  );
}

function statusOfSession(
  fleet: string,
  kind: 'pool' | 'dedicated',
  pool: string | null,
  sighting: Sighting | undefined,
  unread: boolean,
): SessionStatus {
  const session = sighting?.session;
  return {
    kind,
    pool,
    state: unread ? 'unknown' : stateOf(sighting),
    owned: session?.stamp?.owner === fleet,
    account: null,
    task: null,
    conversation: null,
    since: session?.createdAt ?? null,
    attached: (session?.attached ?? 0) > 0,
    note: noteOf(sighting),
  };
}

const LIFE_STATES = { free: 'free', task: 'starting', ended: 'exited', unknown: 'unknown' } as const;

function stateOf(sighting: Sighting | undefined): SessionState {
  if (sighting === undefined) return 'absent';
  switch (sighting.type) {
    case 'pool':
      return isAlive(sighting) ? LIFE_STATES[sighting.life.type] : 'exited';
    case 'dedicated':
      return hasLife(sighting.session) ? 'unknown' : 'exited';
    case 'foreign':
    case 'other-fleet':
    case 'tampered':
      return 'unknown';
  }
}

function hasLife(session: ObservedSession): boolean {
  return Object.values(session.panes).some(({ dead }) => !dead);
}

function noteOf(sighting: Sighting | undefined): string | null {
  switch (sighting?.type) {
    case undefined:
      return null;
    case 'pool':
      return sighting.life.type === 'unknown' ? sighting.life.why : null;
    case 'dedicated':
      return 'yours: never touched';
    case 'foreign':
      return 'not ours: the name is taken';
    case 'other-fleet':
      return `belongs to fleet ${sighting.owner}`;
    case 'tampered':
      return 'its stamp is contradicted';
  }
}

function poolStatuses(
  input: PlanInput,
  sessions: Readonly<Record<string, SessionStatus>>,
): Readonly<Record<string, PoolStatus>> {
  return Object.fromEntries(
    entriesOf(input.desired.pools).map(([pool, spec]) => {
      const inRange = Object.entries(sessions).filter(
        ([name, { owned, kind }]) => owned && kind === 'pool' && poolIndex(spec, name) !== null,
      );
      const alive = inRange.filter(([, { state }]) => state !== 'exited' && state !== 'absent').length;
      const free = inRange.filter(([, { state }]) => state === 'free').length;
      return [pool, { min: spec.min, max: spec.max, alive, free }];
    }),
  );
}
