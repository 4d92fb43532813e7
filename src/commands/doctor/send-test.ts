import { channelNow } from '../../loop/notices.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import type { Notice } from '../../model/notice.ts';
import { EXIT } from '../../model/words.ts';
import { Stop } from '../stop.ts';

/**
 * Sends a message to one channel and says what came back; beside the outbox, so that what waits there stays as it is.
 * `env` is that of whoever sends: the loop's, where one runs.
 */
export async function sendTest(
  desired: DesiredState,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  whose: string,
): Promise<Check> {
  const target = `channel/${name}`;
  const answer = channelNow(desired, name, env);
  if (answer === null) {
    const known = Object.keys(desired.notify.channels).join(', ');
    const help = known === '' ? 'the file declares none' : `there are ${known}`;
    throw new Stop(EXIT.noSuchThing, `there is no channel ${JSON.stringify(name)}; ${help}`);
  }
  if (answer.type === 'off') {
    return warn('channel-test', target, {
      found: `${answer.why} (asked of ${whose})`,
      detail: 'The channel is off, and nothing was sent.',
      help: 'rollcall doctor',
    });
  }
  const begun = Date.now();
  const delivery = await answer.channel.deliver(
    testNotice(desired, name, begun),
    new AbortController().signal,
  );
  const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
  if (delivery.type === 'delivered') return ok('channel-test', target, `it took a message, in ${took}`);
  const detail =
    delivery.type === 'refused'
      ? 'It would not be tried again before somebody mends it.'
      : 'The loop would try again by itself, later each time.';
  return fail('channel-test', target, { found: delivery.why, detail, help: `rollcall validate` });
}

/** Unlike any the planner makes, and another one each time, so that no channel takes it for a repetition. */
function testNotice({ name: fleet, file }: DesiredState, channel: string, at: number): Notice {
  const text = `${fleet}: this is a test of channel ${channel}\nIt was asked for by hand. There is nothing to do.`;
  return {
    id: `${String(at).padStart(13, '0')}-1-${at.toString(16).padStart(14, '0')}`,
    fleet,
    channel,
    at,
    severity: 'info',
    subject: `${fleet}: a test of channel ${channel}`,
    text,
    items: [
      {
        state: 'news',
        event: 'notice.sent',
        severity: 'info',
        target: `channel/${channel}`,
        since: at,
        overAt: null,
        what: 'this is a test',
        next: null,
        look: `rollcall -f ${file} doctor`,
      },
    ],
    more: 0,
  };
}
