import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { restartHold } from './deaths.ts';
import type { MassHold } from './mass-removal.ts';
import { naturally } from './order.ts';
import { shellWord } from './paths.ts';
import type { Sighting } from './sight.ts';
import { poolPlaces } from './sight.ts';
import type { PoolPlace } from './sight.ts';

type Seen = Readonly<Record<string, Sighting>>;
type PlaceOf = (name: string) => PoolPlace | null;

/** What a person should know about the sessions, whether or not anything is to be done. */
export function sessionDiagnostics(input: PlanInput, seen: Seen, mass: MassHold): readonly Diagnostic[] {
  const placeOf = poolPlaces(input.desired.pools);
  return [
    ...inherited(input),
    ...Object.entries(seen).flatMap(([name, sighting]) => aboutSession(name, sighting, placeOf(name))),
    ...massRemoval(seen, mass),
    ...crashLoops(input, placeOf),
    ...foldersMissing(input),
  ];
}

function aboutSession(name: string, sighting: Sighting, place: PoolPlace | null): readonly Diagnostic[] {
  const target = `session/${name}`;
  if (sighting.type === 'pool' && sighting.life.type === 'unknown') {
    return [
      {
        severity: 'warning',
        code: 'session-interfered',
        target,
        summary: 'A pool session runs something Rollcall did not start',
        detail: `${name}: ${sighting.life.why}. It ${sighting.life.alive ? 'counts as alive' : 'does not count, for nothing lives in it any more,'} and is left alone.`,
        help: `End what runs there, or hand the session over: rollcall release ${name}`,
      },
    ];
  }
  if (sighting.type === 'tampered') {
    return [
      {
        severity: 'error',
        code: 'session-tampered',
        target,
        summary: "A session's ownership stamp is contradicted from inside it",
        detail: `${name} carries our stamp, but one of its panes shows @rollcall_owner as something else. It is left alone.`,
        help: `tmux show-options -p -t '${name}' ; then rollcall release ${name}`,
      },
    ];
  }
  if (sighting.type === 'dedicated') {
    const panes = Object.values(sighting.session.panes);
    if (panes.length === 0 || panes.some(({ dead }) => !dead)) return [];
    return [
      {
        severity: 'warning',
        code: 'session-unstamped-dead',
        target,
        summary: "A dedicated session's process has ended",
        detail: `${name} is still there, its process is not. Rollcall never touches a dedicated session that exists.`,
        help: `tmux respawn-pane -t '=${name}:'  (or kill the session: it is then made anew)`,
      },
    ];
  }
  if (place === null) return [];
  if (sighting.type === 'other-fleet') {
    return [
      {
        severity: 'warning',
        code: 'other-fleet',
        target,
        summary: 'A session in a pool range belongs to another fleet',
        detail: `${name} is stamped by fleet ${sighting.owner}. It is neither counted nor touched.`,
        help: `rollcall adopt ${name}`,
      },
    ];
  }
  if (sighting.type === 'foreign') {
    return [
      {
        severity: 'warning',
        code: 'name-taken',
        target,
        summary: 'A session in a pool range is not ours',
        detail: `${name} was not made by this fleet. It is neither counted nor touched.`,
        help: `rollcall adopt ${name}  (or rename it: tmux rename-session -t '=${name}' NEW)`,
      },
    ];
  }
  return [];
}

function inherited(input: PlanInput): readonly Diagnostic[] {
  const { tmux } = input.observed;
  if (!tmux.ok || tmux.value.type === 'none' || !tmux.value.stampInherited) return [];
  return [
    {
      severity: 'error',
      code: 'stamp-inherited',
      target: 'tmux',
      summary: 'A global tmux option makes every session look owned',
      detail:
        'A @rollcall_ option is set for the whole server. Nothing is stopped or started anew while it is there.',
      help: 'tmux set-option -gu @rollcall_owner ; tmux set-option -su @rollcall_owner ; tmux set-option -gwu @rollcall_owner',
    },
  ];
}

function massRemoval(seen: Seen, hold: MassHold): readonly Diagnostic[] {
  const going = Object.keys(seen)
    .filter((name) => hold(name) !== null)
    .toSorted(naturally);
  const first = going[0];
  if (first === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'mass-removal',
      target: 'fleet',
      summary: 'An edit would remove too many sessions at once',
      detail: `${hold(first)?.because ?? ''}. Sessions: ${going.join(', ')}.`,
      help: 'undo the edit, or end a running loop and: rollcall apply  (shows them and asks)',
    },
  ];
}

function foldersMissing({ desired, observed }: PlanInput): readonly Diagnostic[] {
  const wanted = [
    ...Object.entries(desired.pools).map(([name, { cwd }]) => [`pool/${name}`, cwd] as const),
    ...Object.entries(desired.dedicated).map(([name, { cwd }]) => [`session/${name}`, cwd] as const),
  ];
  return wanted.flatMap(([target, cwd]) => {
    const reading = observed.directories[cwd];
    if (reading === undefined || (reading.ok && reading.value.type === 'present')) return [];
    if (!reading.ok) return [{ ...reading.diagnostic, target }];
    const absent = reading.value.type === 'absent';
    const diagnostic: Diagnostic = {
      severity: 'error',
      code: 'cwd-missing',
      target,
      summary: 'The folder to start in is not there',
      detail: `${cwd} ${absent ? 'does not exist' : 'is not a folder'}. tmux would silently start somewhere else, so nothing is started.`,
      help: absent ? `mkdir -p ${shellWord(cwd)}` : null,
    };
    return [diagnostic];
  });
}

function crashLoops(input: PlanInput, placeOf: PlaceOf): readonly Diagnostic[] {
  return Object.entries(input.memory.deaths).flatMap(([name, deaths]) => {
    const hold = restartHold(input, name);
    if (hold?.reason !== 'restart-budget' || placeOf(name) === null) return [];
    const diagnostic: Diagnostic = {
      severity: 'error',
      code: 'session-crash-loop',
      target: `session/${name}`,
      summary: 'A session dies again and again and is left down',
      detail: `${name} ended by itself ${String(deaths.at.length)} times within the last hour.`,
      help: `rollcall events --since 1h ; it is tried again by itself when the hour is over`,
    };
    return [diagnostic];
  });
}
