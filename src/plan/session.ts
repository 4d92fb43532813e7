import type { DesiredState, PoolSpec } from '../model/desired.ts';
import { poolSessionName } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Incarnation } from '../model/observed.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action, ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { Reason } from '../model/words.ts';
import { restartHold } from './deaths.ts';
import type { Draft, Hold } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { type MassHold, massRemovalHold } from './mass-removal.ts';
import { entriesOf } from './order.ts';
import { removals } from './removal.ts';
import type { Removal } from './removal.ts';
import { sessionDiagnostics } from './session-diagnostics.ts';
import type { PoolSighting, Sighting } from './sight.ts';

/** Somebody attached who pressed a key within this time is at work in the session (SPEC §3.10). */
const TYPING_MS = 60_000;

type Seen = Readonly<Record<string, Sighting>>;
type SessionDraft = Draft<'sessions' | 'dedicated'>;

/** Pools kept within their range, missing dedicated sessions made; nothing else of the server is even named. */
export function draftSessions(input: PlanInput, seen: Seen | null): SessionDraft {
  const { desired, observed } = input;
  if (seen === null || !observed.tmux.ok) return nothing(observed.tmux.ok ? [] : [observed.tmux.diagnostic]);
  const tmux = observed.tmux.value;
  const incarnation = tmux.type === 'up' ? tmux.incarnation : null;
  const mass = massRemovalHold(input, seen);
  const proposals = [
    ...Object.entries(desired.pools).flatMap(([pool, spec]) => upkeep(input, seen, incarnation, pool, spec)),
    ...dedicatedCreations(input, seen, incarnation),
    ...stops(input, seen, mass),
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

type SessionAction = ActionOf<'session.create'> | ActionOf<'session.recreate'> | ActionOf<'session.stop'>;

interface Proposal {
  readonly action: SessionAction;
  readonly hold: Hold | null;
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

/** What brings one pool up to the number wanted: first what has ended is started again, then free names are used. */
function upkeep(
  input: PlanInput,
  seen: Seen,
  incarnation: Incarnation | null,
  pool: string,
  spec: PoolSpec,
): readonly Proposal[] {
  const names = Array.from({ length: spec.max }, (_, i) => poolSessionName(spec, spec.startIndex + i));
  const lives = names.filter((name) => {
    const sighting = seen[name];
    return sighting?.type === 'pool' && sighting.life.type !== 'ended';
  });
  const alive = `${String(spec.min)} wanted by pools.${pool}.min, ${String(lives.length)} alive`;
  const proposals: Proposal[] = [];
  let missing = spec.min - lives.length;
  for (const name of names) {
    const sighting = seen[name];
    if (missing <= 0 || sighting?.type !== 'pool' || sighting.life.type !== 'ended') continue;
    proposals.push(recreation(input, pool, spec, sighting, alive));
    missing -= 1;
  }
  for (const name of names) {
    if (missing <= 0) break;
    if (Object.hasOwn(seen, name)) continue;
    proposals.push(creation(input, incarnation, pool, spec, name, alive));
    missing -= 1;
  }
  for (const name of names) {
    if (missing <= 0) break;
    const hold = nameHold(seen[name]);
    if (hold === null) continue;
    proposals.push({ ...creation(input, incarnation, pool, spec, name, alive), hold });
    missing -= 1;
  }
  return proposals;
}

/** A session that is not ours has the name. */
function nameHold(sighting: Sighting | undefined): Hold | null {
  if (sighting === undefined || sighting.type === 'pool' || sighting.type === 'dedicated') return null;
  const { id } = sighting.session;
  const until = null;
  if (sighting.type === 'other-fleet') {
    return { reason: 'other-fleet', because: `${id} of that name belongs to fleet ${sighting.owner}`, until };
  }
  if (sighting.type === 'tampered') {
    return { reason: 'tampered', because: `${id} of that name carries a stamp that is contradicted`, until };
  }
  return { reason: 'name-taken', because: `a session of that name (${id}) is not ours`, until };
}

function creation(
  input: PlanInput,
  incarnation: Incarnation | null,
  pool: string,
  spec: PoolSpec,
  name: string,
  because: string,
): Proposal {
  const target = `session/${name}`;
  const action: SessionAction = {
    ...words(input.desired, target, 'below-min', because, `/pools/${pointerStep(pool)}/min`, false),
    type: 'session.create',
    effect: {
      type: 'session.create',
      name,
      owner: input.desired.name,
      cwd: spec.cwd,
      incarnation,
      runs: { type: 'holder', pool },
    },
  };
  const hold = firstHold(
    suspended(input, [target, `pool/${pool}`]),
    folderHold(input, spec.cwd),
    restartHold(input, name),
    backingOff(input, target),
  );
  return { action, hold };
}

function recreation(
  input: PlanInput,
  pool: string,
  spec: PoolSpec,
  sighting: PoolSighting & { readonly life: { readonly type: string } },
  alive: string,
): Proposal {
  const { session, life } = sighting;
  if (life.type === 'unknown') throw new Error('only a session whose process ended is started again');
  const target = `session/${session.name}`;
  const action: SessionAction = {
    ...words(
      input.desired,
      target,
      'process-ended',
      `its process has ended; ${alive}`,
      `/pools/${pointerStep(pool)}/min`,
      false,
    ),
    type: 'session.recreate',
    effect: { type: 'session.recreate', session: life.owned, pool, cwd: spec.cwd },
  };
  const hold = firstHold(
    suspended(input, [target, `pool/${pool}`]),
    inheritedHold(input),
    typingHold(input, session.typedAt),
    folderHold(input, spec.cwd),
    restartHold(input, session.name),
    backingOff(input, target),
  );
  return { action, hold };
}

function dedicatedCreations(
  input: PlanInput,
  seen: Seen,
  incarnation: Incarnation | null,
): readonly Proposal[] {
  return entriesOf(input.desired.dedicated)
    .filter(([name]) => !Object.hasOwn(seen, name))
    .map(([name, { cwd }]) => {
      const target = `session/${name}`;
      const because = `declared in dedicated, no session of that name`;
      const action: SessionAction = {
        ...words(input.desired, target, 'missing', because, `/dedicated/${pointerStep(name)}`, false),
        type: 'session.create',
        effect: {
          type: 'session.create',
          name,
          owner: input.desired.name,
          cwd,
          incarnation,
          runs: { type: 'shell' },
        },
      };
      return {
        action,
        hold: firstHold(suspended(input, [target]), folderHold(input, cwd), backingOff(input, target)),
      };
    });
}

function stops(input: PlanInput, seen: Seen, mass: MassHold): readonly Proposal[] {
  return removals(input.desired, seen, input.observed.at).flatMap((removal) => {
    const { sighting } = removal;
    const { session, life } = sighting;
    // One we cannot name safely has no action to withhold; session-diagnostics tells of it.
    if (life.type === 'unknown') return [];
    const target = `session/${session.name}`;
    const disrupts = life.type !== 'ended';
    const action: SessionAction = {
      ...words(input.desired, target, removal.reason, removal.because, sourceOfRemoval(removal), disrupts),
      type: 'session.stop',
      effect: { type: 'session.stop', session: life.owned, ended: !disrupts },
    };
    const hold = firstHold(
      suspended(input, [target, ...(removal.pool === null ? [] : [`pool/${removal.pool}`])]),
      inheritedHold(input),
      typingHold(input, session.typedAt),
      mass(session.name),
      backingOff(input, target),
    );
    return [{ action, hold }];
  });
}

function sourceOfRemoval(removal: Removal): string {
  return removal.pool === null ? '/pools' : `/pools/${pointerStep(removal.pool)}/min`;
}

function words(
  desired: DesiredState,
  target: string,
  reason: Reason,
  because: string,
  pointer: string,
  disrupts: boolean,
) {
  return { target, reason, because, source: sourceOf(desired.sources, pointer), disrupts };
}

function typingHold(input: PlanInput, typedAt: number | null): Hold | null {
  if (typedAt === null || typedAt + TYPING_MS <= input.observed.at) return null;
  const because = 'somebody attached to it typed within the last minute';
  return { reason: 'attached', because, until: typedAt + TYPING_MS };
}

/** While a global option of ours is set, the server's own check of the stamp proves nothing. */
function inheritedHold(input: PlanInput): Hold | null {
  const { tmux } = input.observed;
  if (!tmux.ok || tmux.value.type === 'none' || !tmux.value.stampInherited) return null;
  const because = 'a global tmux option makes every session look owned';
  return { reason: 'tampered', because, until: null };
}

function folderHold(input: PlanInput, cwd: string): Hold | null {
  const reading = input.observed.directories[cwd];
  if (reading === undefined || !reading.ok) {
    const because = reading === undefined ? `${cwd} was not looked at` : reading.diagnostic.detail;
    return { reason: 'unreadable', because, until: null };
  }
  if (reading.value.type === 'present') return null;
  const what = reading.value.type === 'absent' ? 'does not exist' : 'is not a folder';
  return { reason: 'cwd-missing', because: `${cwd} ${what}`, until: null };
}
