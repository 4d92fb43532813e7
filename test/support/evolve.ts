import type { Observed, WorkPhase } from '../../src/model/observed.ts';
import type { HookFact, ObservedRun } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import { agentProcess } from './queue.ts';
import { agentEnded } from './simulate-tasks.ts';
import { carrierOf, runOf, withoutSession, withRun, withSession } from './world.ts';

/** Draws a whole number below `sides`; 0 is the course of things when nothing goes wrong. */
export type Luck = (sides: number) => number;

/** Nothing goes wrong. */
export const KIND: Luck = () => 0;

/** What the machine does by itself while `ms` pass: launchers start agents, agents work, end, fail and die. */
export function evolve(world: Observed, ms: number, luck: Luck): Observed {
  const at = world.at + ms;
  const later: Observed = { ...world, at, nonce: at.toString(16).padStart(32, '0') };
  return Object.keys(world.runs)
    .toSorted()
    .reduce(
      (before, attempt) => (before.runs[attempt] === undefined ? before : lived(before, attempt, luck)),
      later,
    );
}

function lived(world: Observed, attempt: string, luck: Luck): Observed {
  const run = runOf(world, attempt);
  const record = run.record.ok ? run.record.value : null;
  const carrier = carrierOf(world, attempt);
  const pane = carrier?.panes[carrier.stamp?.pane ?? ''];
  const launcherLives = pane?.dead === false && pane.pid === carrier?.stamp?.pid;
  const begun = carrier?.stamp?.work?.phase != null;
  if (launcherLives && begun && luck(12) === 11) return paneDied(world, attempt);
  if (carrier !== null && luck(12) === 11) return withoutSession(world, carrier.id);
  if (run.spec === 'waiting' && launcherLives && begun) return agentStarted(world, attempt);
  if (run.spec === 'taken' && run.agent === null && run.exit === null && launcherLives) {
    return agentStarted(world, attempt);
  }
  if (run.agent?.alive !== true) return world;
  if (run.endingSince !== null) {
    return luck(3) === 2 ? world : agentEnded(world, attempt, { code: 143, signal: null });
  }
  const phase = carrier?.stamp?.work?.phase ?? null;
  const isPasted = record?.delivery === 'paste' && record.launches === 1 && phase !== null;
  if (isPasted && run.facts.hooks.at(-1)?.event === 'started') return awaited(world, attempt, phase, luck);
  return worked(world, attempt, luck);
}

/** An agent at its prompt begins when the text in its box is sent; now and then it swallows the Enter. */
function awaited(world: Observed, attempt: string, phase: WorkPhase, luck: Luck): Observed {
  if (phase === 'started' || phase === 'pasted') return world;
  if (luck(4) < 3) return withTurn(world, attempt, { event: 'prompted' });
  const run = runOf(world, attempt);
  const { screen } = run.facts;
  const box = { text: `task, attempt ${attempt}`, pasted: true };
  const facts = { ...run.facts, screen: screen === null ? null : { ...screen, box } };
  return withRun(world, attempt, { ...run, facts });
}

/** One thing an agent at work may do next. */
function worked(world: Observed, attempt: string, luck: Luck): Observed {
  const run = runOf(world, attempt);
  const say = (type: 'done' | 'failed' | 'cancelled'): Observed =>
    withRun(world, attempt, { ...run, word: run.word ?? { type, at: world.at, message: null } });
  switch (luck(8)) {
    case 1:
      return world;
    case 2:
      return say('done');
    case 3:
      return say('failed');
    case 4:
      return withTurn(world, attempt, { event: 'turn-failed', error: 'server-error' });
    case 5:
      return agentEnded(world, attempt, { code: 1, signal: null });
    case 6:
      return agentEnded(world, attempt, { code: null, signal: 'SIGKILL' });
    case 7:
      return say('cancelled');
    default:
      if (run.facts.hooks.at(-1)?.event === 'turn-ended') return world;
      return withTurn(world, attempt, { event: 'turn-ended' });
  }
}

function agentStarted(world: Observed, attempt: string): Observed {
  const run = runOf(world, attempt);
  const record = run.record.ok ? run.record.value : null;
  const launches = record?.launches ?? 1;
  const agent = agentProcess(`${attempt}-${String(launches)}`, { at: world.at });
  const started: ObservedRun = { ...run, spec: 'taken', agent, exit: null, endingSince: null };
  const waits = record?.delivery === 'paste' && launches === 1;
  return withTurn(withRun(world, attempt, started), attempt, { event: waits ? 'started' : 'prompted' });
}

/** A hook tells of the turn, and the registry and the screen say the same. */
function withTurn(
  world: Observed,
  attempt: string,
  hook: Partial<HookFact> & Pick<HookFact, 'event'>,
): Observed {
  const run = runOf(world, attempt);
  const { at } = world;
  const told: HookFact = { at, error: null, background: 0, text: null, ...hook };
  const busy = hook.event === 'prompted';
  const state = busy
    ? ('working' as const)
    : hook.event === 'turn-failed'
      ? ('error' as const)
      : ('idle' as const);
  const verdict = { state, dialog: null, evidence: null, resetsAt: null, rule: 'rule' };
  const box = busy ? null : { text: '', pasted: false };
  const facts = {
    ...NO_FACTS,
    registry: { status: busy ? ('working' as const) : ('idle' as const), waitingFor: null, at },
    hooks: [...run.facts.hooks, told],
    screen: { at, verdict, box, question: null, hash: `h${String(at)}`, lastLines: [] },
    usage: {},
  };
  return withRun(world, attempt, { ...run, facts });
}

/** Somebody killed the launcher; its agent may live on, and nobody writes an exit code down. */
function paneDied(world: Observed, attempt: string): Observed {
  const carrier = carrierOf(world, attempt);
  const pane = carrier?.panes[carrier.stamp?.pane ?? ''];
  if (carrier === null || pane === undefined) return world;
  return withSession(world, { ...carrier, panes: { ...carrier.panes, [pane.id]: { ...pane, dead: true } } });
}
