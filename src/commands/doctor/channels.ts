import { readOutbox } from '../../host/state/outbox.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import { NEW_CHANNEL, NOTICE_ID, type ObservedOutbox } from '../../model/notice.ts';
import { duration } from '../../report/time.ts';

/** How the channels that the file declares take their messages, as the sender last said. Sends nothing. */
export function channelChecks({ notify }: DesiredState, stateDir: string, now: number): readonly Check[] {
  const names = Object.keys(notify.channels);
  if (names.length === 0) return [];
  const outbox = readOutbox(stateDir);
  if (!outbox.ok) {
    const { detail, help } = outbox.diagnostic;
    return [
      fail('channel', 'outbox', {
        found: detail,
        detail: 'No message is sent.',
        help: help ?? `ls -ld '${stateDir}'`,
      }),
    ];
  }
  return [...names.map((name) => channelCheck(name, outbox.value)), ...waiting(outbox.value, now)];
}

function channelCheck(name: string, { channels }: ObservedOutbox): Check {
  const target = `channel/${name}`;
  const { state, why, sent } = channels[name] ?? NEW_CHANNEL;
  const help = `rollcall doctor --send-test ${name}`;
  switch (state) {
    case 'working':
      return ok(
        'channel',
        target,
        sent === 0 ? 'nothing was sent to it yet' : `it has taken ${String(sent)}`,
      );
    case 'failing':
      return warn('channel', target, { found: why, detail: 'Its messages wait, and are tried again.', help });
    case 'parked':
      return fail('channel', target, { found: why, detail: 'Its messages wait until it is mended.', help });
    case 'off':
      return warn('channel', target, { found: why, detail: 'It is off; its messages wait.', help });
  }
}

const LONG_MS = 3_600_000;

function waiting({ folder, waiting: ids }: ObservedOutbox, now: number): readonly Check[] {
  const oldest = ids[0];
  if (oldest === undefined) return [];
  const at = Number(NOTICE_ID.exec(oldest)?.[1] ?? now);
  const found = `${String(ids.length)} messages wait, the oldest for ${duration(now - at)}`;
  if (now - at < LONG_MS) return [ok('channel', 'outbox', found)];
  const detail = 'They are sent by `rollcall run`, and for some seconds by `rollcall apply`.';
  return [warn('channel', 'outbox', { found, detail, help: `ls -l '${folder}'` })];
}
