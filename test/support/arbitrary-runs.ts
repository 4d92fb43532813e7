import fc from 'fast-check';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Observed, ObservedSession, WorkPhase } from '../../src/model/observed.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { AgentFacts, ObservedRun, RunWord } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { AttemptRecord, Claim } from '../../src/model/task.ts';
import { arbFacts } from './arbitrary-facts.ts';
import { MINUTE, NOW } from './fleet.ts';
import { agentProcess, claim, record, run } from './queue.ts';
import { sessionsOf, withSessions } from './world.ts';

/** What is claimed and carried, and the sessions as they then are. */
export interface DrawnRuns {
  readonly tmux: Observed['tmux'];
  readonly claims: readonly Claim[];
  readonly runs: Readonly<Record<string, ObservedRun>>;
  readonly carried: readonly string[];
}

/** How far a dispatch, a task or its end has come: one for each place at which all of us may have died. */
export const STAGES = [
  'reserved', // the fence alone
  'recorded',
  'claimed', // and nothing started
  'started', // the launcher is about to take what is to be started
  'launching', // it has taken it
  'working',
  'cut-off', // launcher and agent are gone, the task is still claimed
  'noted', // its record says how it ended, the task is still claimed
  'over', // its task has left, its agent lives
  'spent', // and its agent has ended
  'unfenced', // a dispatch half taken back
  'voided',
  'orphaned', // its session is gone
] as const;
export type Stage = (typeof STAGES)[number];

/** Every session with a stamp may carry an attempt, ours or not; and some claims are carried by nobody. */
export function arbRuns(state: DesiredState, look: Observed): fc.Arbitrary<DrawnRuns> {
  const stamped = Object.values(sessionsOf(look)).filter(({ stamp }) => stamp !== null);
  const drawn = fc.tuple(
    fc.array(arbDraw(state), { minLength: stamped.length, maxLength: stamped.length }),
    fc.array(arbDraw(state), { maxLength: 2 }),
    fc.array(fc.constantFrom(null, null, NOW - MINUTE, NOW - 6 * MINUTE, NOW + MINUTE), {
      minLength: stamped.length,
      maxLength: stamped.length,
    }),
  );
  return drawn.map(([ours, alone, freed]) => {
    const rested = stamped.map((each, i) => withFreed(each, freed[i] ?? null));
    const pairs = [
      ...rested.map((session, i): Pair => ({ session, draw: ours[i] ?? null })),
      ...alone.map((draw): Pair => ({ session: null, draw })),
    ];
    return assembled(state, look, rested, pairs);
  });
}

const SHARED_CONVERSATION = '00000000-0000-4000-8000-00000000c0de';

interface Draw {
  readonly stage: Stage;
  readonly inbox: string;
  readonly id: string;
  readonly over: Partial<AttemptRecord>;
  readonly phase: WorkPhase;
  readonly recordState: 'ok' | 'missing' | 'unreadable';
  readonly word: RunWord | null;
  readonly facts: AgentFacts;
  readonly alive: boolean;
  readonly code: number | null;
  readonly endingSince: number | null;
}

interface Pair {
  readonly session: ObservedSession | null;
  readonly draw: Draw | null;
}

function arbDraw(state: DesiredState): fc.Arbitrary<Draw | null> {
  const inboxes = Object.keys(state.inboxes);
  return fc.option(
    fc.record({
      stage: fc.constantFrom(...STAGES),
      // One that the file no longer declares, too: nobody sees its claims.
      inbox: fc.constantFrom(...inboxes, ...inboxes, 'gone'),
      id: fc.constantFrom('fix', 'doc', 'one', 'two', 'three', 'four'),
      over: fc.record(
        {
          number: fc.constantFrom(1, 2),
          launches: fc.constantFrom(1, 1, 1, 2, 4),
          errors: fc.constantFrom(0, 0, 1, 3),
          retries: fc.constantFrom(null, 0, 1, 2),
          timeoutMs: fc.constantFrom(null, 5 * MINUTE, 60 * MINUTE),
          delivery: fc.constantFrom('argv' as const, 'argv' as const, 'paste' as const),
          account: fc.constantFrom(null, ...Object.keys(state.accounts)),
          // Left out: one of its own. Not known, or that of several, as an agent that chooses it may leave it.
          conversation: fc.constantFrom(null, SHARED_CONVERSATION),
        },
        { requiredKeys: ['number', 'launches', 'errors', 'retries', 'timeoutMs', 'delivery', 'account'] },
      ),
      phase: fc.constantFrom('started', 'started', 'pasted', 'submitted', 'resubmitted'),
      recordState: fc.constantFrom('ok', 'ok', 'ok', 'ok', 'missing', 'unreadable'),
      word: fc.option(
        fc.record({
          type: fc.constantFrom('done' as const, 'failed' as const, 'cancelled' as const),
          at: fc.constant(NOW - 1_000),
          message: fc.constantFrom(null, 'all well'),
        }),
        { freq: 2 },
      ),
      facts: arbFacts,
      alive: fc.boolean(),
      code: fc.constantFrom(null, 0, 1),
      endingSince: fc.constantFrom(null, null, NOW - 1_000, NOW - 11_000, NOW + MINUTE),
    }),
    { freq: 2 },
  );
}

function assembled(
  state: DesiredState,
  look: Observed,
  stamped: readonly ObservedSession[],
  pairs: readonly Pair[],
): DrawnRuns {
  const sessions: Record<string, ObservedSession> = { ...sessionsOf(look) };
  for (const each of stamped) sessions[each.id] = each;
  const claims: Claim[] = [];
  const runs: Record<string, ObservedRun> = {};
  const carried: string[] = [];
  for (const [i, { session, draw }] of pairs.entries()) {
    if (draw === null) continue;
    const attempt = `at${String(i).padStart(4, '0')}`;
    const own = claim(draw.inbox, draw.id, session?.name ?? 'auto-1', attempt);
    // Never two claimed with one id in one inbox: what is there already keeps it.
    const taken = claims.some(({ inbox, id }) => inbox === own.inbox && id === own.id);
    if (taken && session === null) continue;
    const { carries, phase, dead, ...made } = staged(
      { ...draw, over: { ...draw.over, pool: state.inboxes[draw.inbox]?.pool ?? 'p0' } },
      own,
      taken ? 'over' : draw.stage,
      session !== null,
    );
    if (!carries && made.claim === null) continue;
    // Another fleet's attempts are none of ours, and have their folders elsewhere.
    if (session !== null && session.stamp?.owner !== state.name) {
      if (carries) sessions[session.id] = carrying(session, attempt, phase, dead);
      continue;
    }
    runs[attempt] = made;
    if (made.claim !== null) claims.push(own);
    if (session === null || !carries) continue;
    carried.push(attempt);
    sessions[session.id] = carrying(session, attempt, phase, dead);
  }
  const tmux = look.tmux.ok && look.tmux.value.type === 'up' ? withSessions(look, sessions).tmux : look.tmux;
  return { tmux, claims, runs, carried };
}

type Staged = ObservedRun & {
  readonly carries: boolean;
  readonly phase: WorkPhase | null;
  readonly dead: boolean;
};

/** The run as it is at a stage; one that no session can carry is an orphan. */
function staged(draw: Draw, own: Claim, stage: Stage, canCarry: boolean): Staged {
  const at = canCarry ? stage : stage === 'voided' || stage === 'unfenced' ? stage : 'orphaned';
  const full = record(own, draw.over);
  const readings = { ok: read(full), missing: read(null), unreadable: unreadable(UNREAD) } as const;
  const before = ['reserved', 'recorded', 'claimed', 'started', 'unfenced', 'voided'].includes(at);
  const unseen = own.inbox === 'gone';
  const isOver = unseen || ['over', 'spent', 'reserved', 'recorded'].includes(at);
  const gone = ['cut-off', 'spent'].includes(at) || (['orphaned', 'noted'].includes(at) && !draw.alive);
  const agent = before || at === 'launching' ? null : agentProcess(own.attempt, { alive: !gone });
  const made = run(isOver ? null : own, full, {
    record: at === 'reserved' || unseen ? read(null) : readings[draw.recordState],
    spec: at === 'voided' ? 'void' : before ? 'waiting' : 'taken',
    agent,
    exit: gone && draw.code !== null ? { code: draw.code, signal: null, at: NOW - 2_000 } : null,
    word: before ? null : draw.word,
    endingSince: agent === null ? null : draw.endingSince,
    facts: agent === null ? NO_FACTS : draw.facts,
  });
  const end = {
    result: 'failed',
    reason: 'interrupted',
    detail: 'died',
    at: NOW - 1,
    lastLines: [],
  } as const;
  return {
    ...made,
    record: at === 'noted' && !unseen ? read({ ...full, end }) : made.record,
    carries: !['unfenced', 'voided', 'orphaned'].includes(at),
    phase: ['reserved', 'recorded', 'claimed'].includes(at)
      ? null
      : draw.over.delivery === 'paste' && agent !== null
        ? draw.phase
        : 'started',
    dead: gone,
  };
}

function carrying(
  session: ObservedSession,
  attempt: string,
  phase: WorkPhase | null,
  dead: boolean,
): ObservedSession {
  if (session.stamp === null) return session;
  const work = { attempt, phase, since: phase === null ? null : NOW - 10 * MINUTE };
  const panes = Object.values(session.panes).map((pane) => [
    pane.id,
    dead && pane.id === session.stamp?.pane ? { ...pane, dead: true, deadStatus: 0 } : pane,
  ]);
  return { ...session, stamp: { ...session.stamp, work }, panes: Object.fromEntries(panes) };
}

function withFreed(session: ObservedSession, freedAt: number | null): ObservedSession {
  return session.stamp === null ? session : { ...session, stamp: { ...session.stamp, freedAt } };
}

const UNREAD = {
  severity: 'error',
  code: 'path-unreadable',
  target: 'task',
  summary: 'A record could not be read',
  detail: 'EACCES',
  help: null,
} as const;
