import { describe, expect, it } from 'vitest';
import type { DedicatedAgent } from '../../src/model/dedicated-agent.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { ObservedRun } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { guard } from '../../src/plan/guard.ts';
import { plan } from '../../src/plan/plan.ts';
import { MINUTE, NOW, pool, session, TRAITS } from '../support/fleet.ts';
import { agentProcess, busy, claim, record, run, waiting } from '../support/queue.ts';
import { HOUR, inTranscript } from '../support/quota-fleet.ts';
import { caseOf, linesOf } from '../support/task-world.ts';

const A = 'at0001';
const FIX = claim('sec', 'fix', 'auto-0', A);
const OTHER = session(2, 'auto-1', 'free', { createdAt: NOW - MINUTE });
const FOUND = '01a20724-2128-7a63-b166-29854c974b73';
const AGENTS = { claude: { ...TRAITS, choosesConversation: true } };
const STATE = { pools: { auto: pool({ min: 1 }) } };
const DEAD = { agent: agentProcess(A, { alive: false }), exit: { code: 143, signal: null, at: NOW - 1_000 } };

/** An attempt of an agent that chooses its ids, which has been found or not, and the session that carries it. */
function attempt(
  conversation: string | null,
  over: Partial<ObservedRun>,
  { dead = false, noted = {} }: { dead?: boolean; noted?: Partial<AttemptRecord> } = {},
): PlanInput {
  const carrier = busy(1, 'auto-0', { attempt: A, phase: 'started' }, dead ? 'ended' : 'free');
  const runs = [run(FIX, record(FIX, { conversation, ...noted }), over)];
  return { ...caseOf({ state: STATE, sessions: [carrier, OTHER], runs }), agents: AGENTS };
}

const limited = { facts: { ...NO_FACTS, ...inTranscript('quota', { resetsAt: NOW + HOUR }) } };
const failed = { facts: { ...NO_FACTS, ...inTranscript('server-error', { at: NOW - MINUTE }) } };

function actionsOf(given: PlanInput): readonly string[] {
  const made = plan(given);
  expect(made.diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
  // The dedicated session of the file is not there.
  const ours = made.actions.filter(({ type }) => type !== 'session.create');
  return ours.map(({ type, reason }) => `${type} ${reason}`);
}

describe('a conversation whose id its agent chooses', () => {
  it('is not known when it begins', () => {
    const sessions = [session(1, 'auto-0', 'free'), OTHER];
    const given = {
      ...caseOf({ state: STATE, sessions, entries: { 'x.md': waiting('x') } }),
      agents: AGENTS,
    };
    const start = plan(given).actions.find((action) => action.type === 'task.start');
    expect([start?.effect.launch.conversation, start?.effect.record.conversation]).toEqual([null, null]);
  });

  it('is written down before its agent is told to end, where a limit ended its turn', () => {
    const park = plan(attempt(FOUND, limited)).actions.find((action) => action.type === 'task.park');
    expect(park?.effect.record).toMatchObject({ conversation: FOUND, parkedUntil: NOW + HOUR });
  });

  it('that was not found is left to wait for its limit', () => {
    expect(actionsOf(attempt(null, limited))).toEqual([]);
  });

  it('goes on after an error where it was found, and fails where it was not', () => {
    const again = (conversation: string | null) =>
      actionsOf(attempt(conversation, { ...DEAD, ...failed }, { dead: true }));
    expect(again(FOUND)).toEqual(['session.relaunch turn-failed']);
    expect(again(null)).toEqual(['task.finish task-failed']);
    expect(actionsOf(attempt(null, failed))).toEqual(['task.finish task-failed']);
  });

  it('does not go on while somebody has gone on with it by hand', () => {
    const parked = attempt(FOUND, DEAD, { dead: true, noted: { parkedUntil: NOW - 1 } });
    expect(actionsOf(parked)).toEqual(['session.relaunch goes-on']);
    const given = withOperator(parked, FOUND);
    expect(linesOf(given).withheld).toEqual(['session.relaunch session/auto-0 in-use']);
    expect(actionsOf(given)).toEqual([]);
    expect(actionsOf(withOperator(parked, FOUND.replace('0', '9')))).toEqual(['session.relaunch goes-on']);
  });

  it('does not go on while another task has it', () => {
    const parked = attempt(FOUND, DEAD, { dead: true, noted: { parkedUntil: NOW - 1 } });
    const theirs = claim('sec', 'other', 'auto-9', 'at0009');
    const runs = { ...parked.observed.runs, at0009: run(theirs, record(theirs, { conversation: FOUND })) };
    const given = { ...parked, observed: { ...parked.observed, runs } };
    expect(linesOf(given).withheld).toContain('session.relaunch session/auto-0 in-use');
  });
});

describe('the guard', () => {
  const parked = attempt(FOUND, DEAD, { dead: true, noted: { parkedUntil: NOW - 1 } });
  const relaunch = plan(parked).actions.filter(({ type }) => type === 'session.relaunch');
  const details = (given: PlanInput) => guard(relaunch, given).map(({ detail }) => detail);

  it('lets a known conversation go on', () => {
    expect([relaunch.length, details(parked)]).toEqual([1, []]);
  });

  it('lets none go on that an operator is in, or another attempt', () => {
    expect(details(withOperator(parked, FOUND)).join()).toContain('its conversation is of another, too');
    const theirs = claim('sec', 'other', 'auto-9', 'at0009');
    const runs = { ...parked.observed.runs, at0009: run(theirs, record(theirs, { conversation: FOUND })) };
    const given = { ...parked, observed: { ...parked.observed, runs } };
    expect(details(given).join()).toContain('its conversation is of another, too');
  });

  it('lets none go on that is not known, and begins none without an id of ours but where its agent has one', () => {
    const unknown = relaunch.map((action) =>
      action.type === 'session.relaunch'
        ? {
            ...action,
            effect: {
              ...action.effect,
              launch: { ...action.effect.launch, conversation: null },
              record: { ...action.effect.record, conversation: null },
            },
          }
        : action,
    );
    const told = guard(unknown, attempt(null, DEAD, { dead: true, noted: { parkedUntil: NOW - 1 } }));
    expect(told.map(({ detail }) => detail).join()).toContain('nobody knows its conversation');
    const sessions = [session(1, 'auto-0', 'free'), OTHER];
    const given = {
      ...caseOf({ state: STATE, sessions, entries: { 'x.md': waiting('x') } }),
      agents: AGENTS,
    };
    const starts = plan(given).actions;
    expect(guard(starts, given)).toEqual([]);
    const chosen = guard(starts, { ...given, agents: { claude: TRAITS } });
    expect(chosen.map(({ detail }) => detail).join()).toContain('nobody knows its conversation');
  });
});

/** A dedicated session with an agent in this conversation. */
function withOperator(given: PlanInput, conversation: string): PlanInput {
  const agent: DedicatedAgent = {
    pid: 777,
    start: '777',
    startedAt: NOW - MINUTE,
    agent: 'claude',
    pane: '%7',
    panePid: 777,
    place: { type: 'other' },
    home: null,
    homeVariable: null,
    throughLink: false,
    account: null,
    conversation,
    cwd: '/home/op',
    commandLine: { problem: null, typeable: true, shown: [], more: false },
    facts: NO_FACTS,
  };
  return { ...given, observed: { ...given.observed, operators: { mine: [agent] } } };
}
