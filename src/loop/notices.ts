import { dirname } from 'node:path';
import {
  dropNotice,
  forgetSent,
  markSent,
  readChannels,
  readNotice,
  readOutbox,
  writeChannels,
} from '../host/state/outbox.ts';
import { secretNow } from '../host/state/secrets.ts';
import type { DesiredState } from '../model/desired.ts';
import type { ChannelAnswer } from '../notify/delivery.ts';
import { openChannel } from '../notify/open-channel.ts';
import { openSender, type Outbox, type Sender } from '../notify/sender.ts';
import { type Crew, note } from './crew.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The sender of the fleet whose lock `crew` holds, for the file in force at each moment. Opens nothing by itself. */
export function noticeSender(
  crew: Pick<Crew, 'journal' | 'place' | 'stillHeld'>,
  env: Environment,
  options: { readonly desired: () => DesiredState; readonly onProblem: (why: string) => void },
): Sender {
  const { stateDir, host } = crew.place;
  return openSender({
    outbox: outboxOn(stateDir, crew.stillHeld),
    channelOf: (name) => channelNow(options.desired(), name, env),
    note: (type, severity, target, message, fields) => note(crew, type, severity, target, message, fields),
    onProblem: options.onProblem,
    now: () => host.now(),
    random: Math.random,
  });
}

/** The channel of that name, with its secrets as they are now; null: the file declares none. */
export function channelNow(desired: DesiredState, name: string, env: Environment): ChannelAnswer | null {
  const { channels } = desired.notify;
  const spec = Object.hasOwn(channels, name) ? channels[name] : undefined;
  if (spec === undefined) return null;
  return openChannel(spec, {
    secretOf: (secret) => secretNow(secret, env),
    command: { env: commandEnv(env), cwd: dirname(desired.file) },
  });
}

/** What was sent is remembered for so long, that it is not queued again. */
const REMEMBER_MS = 7 * 86_400_000;
const TIDY_EVERY_MS = 3_600_000;

/** Who lost the lock sends nothing more: another one sends the same. */
function outboxOn(stateDir: string, stillHeld: () => boolean): Outbox {
  let tidiedAt = 0;
  return {
    waiting() {
      if (!stillHeld()) return [];
      const outbox = readOutbox(stateDir);
      if (!outbox.ok) throw new Error(outbox.diagnostic.detail);
      if (outbox.value.sent.length > 0 && Math.abs(Date.now() - tidiedAt) > TIDY_EVERY_MS) {
        tidiedAt = Date.now();
        forgetSent(stateDir, tidiedAt - REMEMBER_MS);
      }
      return outbox.value.waiting;
    },
    read: (id) => readNotice(stateDir, id),
    sent: (id) => markSent(stateDir, id),
    drop: (id) => dropNotice(stateDir, id),
    channels: () => readChannels(stateDir),
    saveChannels: (channels) => writeChannels(stateDir, channels),
  };
}

/** What a program needs to run and to find its own settings and the desktop; none of what the loop was given to keep. */
const GIVEN: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
];

function commandEnv(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    GIVEN.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
