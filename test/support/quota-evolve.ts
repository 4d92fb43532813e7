import type { DedicatedAgent } from '../../src/model/dedicated-agent.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { AgentFacts, ObservedRun } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { Evidence } from '../../src/model/screen.ts';
import type { Luck } from './evolve.ts';
import { agentProcess } from './queue.ts';
import { atWork, hook, inHook, inTranscript, onScreen } from './quota-fleet.ts';
import { agentEnded } from './simulate-tasks.ts';
import { carrierOf, runOf, withRun } from './world.ts';

/** What the accounts really have, which nobody sees: when each limit ends by the wall clock; and what else agents do. */
export interface Truth {
  /** Account -> epoch milliseconds until which it refuses. */
  readonly limits: Readonly<Record<string, number>>;
  /** `lies`: agents and screens show all that is no limit, and limits that are none. */
  readonly noise: 'none' | 'lies';
  /** How limits are told. */
  readonly told: readonly ('transcript' | 'hook' | 'screen' | 'screen-with-reset')[];
  /** How many steps a task needs without a refusal, at the kindest. */
  readonly busy: number;
}

/** A genuine refusal: of whom, when. */
export interface Refusal {
  readonly account: string;
  readonly at: number;
}

export interface Evolved {
  readonly look: Observed;
  readonly refusals: readonly Refusal[];
}

/** Launchers start agents, agents ask for more, are refused or go on, end what they were told to end. */
export function evolveQuota(world: Observed, at: number, luck: Luck, truth: Truth): Evolved {
  const refusals: Refusal[] = [];
  const refuse = (account: string): AgentFacts => {
    refusals.push({ account, at });
    const resetsAt = truth.limits[account] ?? null;
    const how = truth.told[luck(truth.told.length)] ?? 'transcript';
    switch (how) {
      case 'transcript':
        return inTranscript('quota', { at, resetsAt });
      case 'hook':
        return inHook('quota', { at });
      case 'screen':
        return onScreen('quota', { at });
      case 'screen-with-reset':
        return onScreen('quota', { at, resetsAt });
    }
  };
  let look: Observed = { ...world, at, nonce: at.toString(16).padStart(32, '0') };
  for (const attempt of Object.keys(world.runs).toSorted()) {
    if (look.runs[attempt] !== undefined) look = lived(look, attempt, luck, truth, refuse);
  }
  const operators = Object.fromEntries(
    Object.entries(look.operators).map(([session, agents]) => [
      session,
      agents.map((agent) => operated(agent, at, luck, truth, refuse)),
    ]),
  );
  return { look: { ...look, operators }, refusals };
}

function lived(
  world: Observed,
  attempt: string,
  luck: Luck,
  truth: Truth,
  refuse: (account: string) => AgentFacts,
): Observed {
  const run = runOf(world, attempt);
  const record = run.record.ok ? run.record.value : null;
  const carrier = carrierOf(world, attempt);
  const pane = carrier?.panes[carrier.stamp?.pane ?? ''];
  const launcherLives = pane?.dead === false && pane.pid === carrier?.stamp?.pid;
  const begun = carrier?.stamp?.work?.phase != null;
  if (record === null) return world;
  if ((run.spec === 'waiting' || run.spec === 'taken') && run.agent === null && run.exit === null) {
    return launcherLives && begun ? agentStarted(world, attempt, run, record.launches) : world;
  }
  if (run.agent?.alive !== true) return world;
  if (run.endingSince !== null) {
    return luck(3) === 2 ? world : agentEnded(world, attempt, { code: 143, signal: null });
  }
  const show = (facts: AgentFacts): Observed => withRun(world, attempt, { ...run, facts });
  if (isRefused(run)) return world;
  const ends = record.account === null ? 0 : (truth.limits[record.account] ?? 0);
  if (record.account !== null && ends > world.at) return show(refuse(record.account));
  if (run.facts.hooks.at(-1)?.event === 'turn-ended') return world;
  if (luck(truth.busy) > 0) return show(truth.noise === 'none' ? atWork(world.at) : shown(world.at, luck));
  const rest = { status: 'idle', waitingFor: null, at: world.at } as const;
  return show({ ...NO_FACTS, registry: rest, hooks: [hook({ event: 'turn-ended', at: world.at })] });
}

/** It sits where a limit, or what it took for one, has left it. */
function isRefused({ facts, record }: ObservedRun): boolean {
  const since = record.ok ? (record.value?.launchedAt ?? 0) : 0;
  const last = facts.hooks.at(-1);
  if (last?.event === 'turn-failed' && last.at > since) return true;
  if (facts.transcript?.turn === 'failed' && facts.transcript.at > since) return true;
  return facts.screen?.verdict.state === 'limited' && facts.screen.at > since && facts.registry === null;
}

const OTHERS: readonly Evidence[] = [
  'throttled',
  'server-error',
  'auth',
  'billing',
  'network',
  'other',
  'none',
];

/** Everything that is no limit, and screens that show one while their agent's own records say that it works. */
function shown(at: number, luck: Luck): AgentFacts {
  const evidence = OTHERS[luck(OTHERS.length)] ?? 'other';
  const resetsAt = luck(2) === 0 ? null : at + 3_600_000;
  const { screen } = onScreen('quota', { at, resetsAt });
  switch (luck(8)) {
    case 1:
      return inHook(evidence, { at });
    case 2:
      return inTranscript(evidence, { at, resetsAt });
    case 3:
      return onScreen(evidence, { at, resetsAt });
    case 4:
      return atWork(at, screen);
    case 5:
      return { ...inHook(evidence, { at }), screen };
    case 6:
      // Of before it was started, whatever it says.
      return { ...atWork(at, screen), transcript: inTranscript('quota', { at: 1, resetsAt }).transcript };
    default:
      return atWork(at);
  }
}

function operated(
  agent: DedicatedAgent,
  at: number,
  luck: Luck,
  truth: Truth,
  refuse: (account: string) => AgentFacts,
): DedicatedAgent {
  const { account } = agent;
  const isSilent = luck(3) > 0;
  if (account === null || isSilent) return agent;
  if ((truth.limits[account] ?? 0) > at) return { ...agent, facts: refuse(account) };
  return { ...agent, facts: truth.noise === 'none' ? atWork(at) : shown(at, luck) };
}

function agentStarted(world: Observed, attempt: string, run: ObservedRun, launches: number): Observed {
  const agent = agentProcess(`${attempt}-${String(launches)}`, { at: world.at });
  const facts: AgentFacts = {
    ...run.facts,
    screen: null,
    registry: { status: 'working', waitingFor: null, at: world.at },
    hooks: [...run.facts.hooks, hook({ event: 'prompted', at: world.at })],
  };
  return withRun(world, attempt, { ...run, spec: 'taken', agent, exit: null, endingSince: null, facts });
}
