import type { Notice } from '../model/notice.ts';

/** Ids of messages that only say again what a later one of these says again: a dead channel is not told 24 times. */
export function superseded(notices: readonly Notice[]): readonly string[] {
  const again = notices.filter(({ items }) => items.every(({ state }) => state === 'lasts'));
  return again
    .filter(({ channel, items }, index) =>
      again
        .slice(index + 1)
        .some((later) => later.channel === channel && items.every((item) => later.items.some(isOf(item)))),
    )
    .map(({ id }) => id);
}

function isOf(item: Notice['items'][number]) {
  return ({ event, target, since }: Notice['items'][number]): boolean =>
    event === item.event && target === item.target && since === item.since;
}
