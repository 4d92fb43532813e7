import { fileReader } from '../host/files.ts';
import { openReader } from '../host/host.ts';
import { readSuspensions } from '../host/state/suspensions.ts';
import type { DesiredState } from '../model/desired.ts';
import type { ObservedSession } from '../model/observed.ts';
import { EXIT } from '../model/words.ts';
import { lookAtTmux } from '../observe/session.ts';
import { NAME_KINDS, type NameKind } from '../report/completion/command-line.ts';
import { safeText } from '../report/safe-text.ts';
import type { Context } from './context.ts';
import { fleetNames } from './fleet-names.ts';
import { stateDir } from './fleet-state.ts';
import { readFleetFile } from './load-fleet.ts';
import { taskNames } from './task-names.ts';
import type { Verb } from './verb.ts';

/**
 * `complete-names KIND`, which no help lists: the names that a completion script offers, one a line. It is called
 * while somebody types, so it writes nothing, is soon done, and where anything is wrong it is silent and ends with 0.
 */
export const run: Verb = async (context, { args }) => {
  const kind = NAME_KINDS.find((each) => each === args[0]);
  try {
    const names = kind === undefined ? [] : await namesOf(context, kind);
    const lines = names.filter(isOffered).toSorted();
    context.io.stdout.write(lines.map((name) => `${name}\n`).join(''));
  } catch {
    // Whoever presses TAB asked for names, and not for the reason why there are none.
  }
  return EXIT.done;
};

async function namesOf(context: Context, kind: NameKind): Promise<readonly string[]> {
  const reading = await readFleetFile(context);
  if (!reading.ok) return [];
  const { desired } = reading;
  const suspensions = readSuspensions(stateDir(context.io, desired));
  return fleetNames(kind, {
    desired,
    sessions: NEEDS[kind].includes('tmux') ? await liveSessions(context, desired) : [],
    suspensions: suspensions.ok ? suspensions.value : {},
    tasks: NEEDS[kind].includes('queue') ? await taskNames(fileReader, desired) : {},
  });
}

const NEEDS: Readonly<Record<NameKind, readonly ('tmux' | 'queue')[]>> = {
  sessions: ['tmux'],
  adoptable: ['tmux'],
  owned: ['tmux'],
  accounts: [],
  agents: [],
  targets: ['tmux'],
  suspended: [],
  subjects: ['tmux', 'queue'],
  inboxes: [],
  tasks: ['queue'],
  'tasks-running': ['queue'],
  'tasks-open': ['queue'],
  'tasks-ended': ['queue'],
};

/** Milliseconds for each of the two questions to tmux: the whole is over within a second. */
const PATIENCE_MS = 350;

async function liveSessions({ io }: Context, desired: DesiredState): Promise<readonly ObservedSession[]> {
  const host = openReader({ socket: desired.tmux.socket, env: io.env, timeoutMs: PATIENCE_MS });
  const tmux = await lookAtTmux(host, desired, null);
  return tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
}

/** A name that would act on the terminal, or be read as a flag, is not offered. */
function isOffered(name: string): boolean {
  return name !== '' && !name.startsWith('-') && safeText(name) === name;
}
