import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action, Withheld } from '../model/plan.ts';
import { pointerStep } from '../model/source.ts';
import { dedicatedCreations } from './dedicated.ts';
import type { Draft } from './draft.ts';
import { withhold } from './draft.ts';
import { massRemovalHold } from './mass-removal.ts';
import { sessionDiagnostics } from './session-diagnostics.ts';
import type { Sighting } from './sight.ts';
import { stops } from './stops.ts';
import type { TaskNeeds } from './task-needs.ts';
import { upkeep } from './upkeep.ts';

type Seen = Readonly<Record<string, Sighting>>;
type SessionDraft = Draft<'sessions' | 'dedicated'>;

/** Pools kept within their range, missing dedicated sessions made; nothing else of the server is even named. */
export function draftSessions(input: PlanInput, seen: Seen | null, tasks: TaskNeeds): SessionDraft {
  const { desired, observed } = input;
  if (seen === null || !observed.tmux.ok) return nothing(observed.tmux.ok ? [] : [observed.tmux.diagnostic]);
  const tmux = observed.tmux.value;
  const incarnation = tmux.type === 'up' ? tmux.incarnation : null;
  const mass = massRemovalHold(input, seen);
  const proposals = [
    ...Object.entries(desired.pools).flatMap(([pool, spec]) =>
      upkeep(input, seen, incarnation, pool, spec, tasks),
    ),
    ...dedicatedCreations(input, seen, incarnation),
    ...stops(input, seen, mass, tasks),
  ];
  const sessions = runningOrEnded(seen);
  const target: Record<string, 'running' | 'ended'> = { ...sessions };
  const dedicated: Record<string, 'running'> = {};
  const actions: Record<string, Action> = {};
  const withheld: Withheld[] = [];
  for (const { action, hold } of proposals) {
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    const name = action.type === 'session.create' ? action.effect.name : action.effect.session.name;
    const isDedicated = action.type === 'session.create' && action.effect.runs.type === 'shell';
    actions[`/${isDedicated ? 'dedicated' : 'sessions'}/${pointerStep(name)}`] = action;
    if (isDedicated) dedicated[name] = 'running';
    else if (action.type === 'session.stop') delete target[name];
    else target[name] = 'running';
  }
  return {
    current: { sessions, dedicated: {} },
    target: { sessions: target, dedicated },
    actions,
    withheld,
    diagnostics: sessionDiagnostics(input, seen, mass),
  };
}

function nothing(diagnostics: readonly Diagnostic[]): SessionDraft {
  const empty = { sessions: {}, dedicated: {} };
  return { current: empty, target: empty, actions: {}, withheld: [], diagnostics };
}

function runningOrEnded(seen: Seen): Record<string, 'running' | 'ended'> {
  const sessions: Record<string, 'running' | 'ended'> = {};
  for (const [name, sighting] of Object.entries(seen)) {
    if (sighting.type === 'pool') sessions[name] = sighting.life.type === 'ended' ? 'ended' : 'running';
  }
  return sessions;
}
