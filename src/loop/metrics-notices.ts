import type { Observed } from '../model/observed.ts';
import { counter, type Family, gauge } from '../report/exposition.ts';

const STATES = ['working', 'failing', 'parked', 'off'] as const;

/** The messages on the disk, and how their channels are doing; nothing where the file has no rules for any. */
export function noticeFamilies({ outbox }: Pick<Observed, 'outbox'>): readonly Family[] {
  if (outbox?.ok !== true) return [];
  const { waiting, channels } = outbox.value;
  const known = Object.entries(channels);
  return [
    gauge('rollcall_notices_waiting', 'Messages that are to be sent.', [
      { labels: {}, value: waiting.length },
    ]),
    counter(
      'rollcall_notices_total',
      'Messages by what became of them; failed counts tries, and what failed is tried again.',
      known.flatMap(([channel, { sent, failed, dropped }]) =>
        Object.entries({ sent, failed, dropped }).map(([result, value]) => ({
          labels: { channel, result },
          value,
        })),
      ),
    ),
    gauge(
      'rollcall_channel_state',
      'Whether the channel is in that state.',
      known.flatMap(([channel, { state }]) =>
        STATES.map((each) => ({ labels: { channel, state: each }, value: each === state ? 1 : 0 })),
      ),
    ),
  ];
}
