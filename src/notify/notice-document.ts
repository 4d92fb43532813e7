import type { Notice, NoticeItem } from '../model/notice.ts';

/** The notice as published: what a webhook gets (`rollcall schema Notice`), times in ISO 8601. */
export function noticeDocument(notice: Notice) {
  const { fleet, id, at, severity, subject, text, items, more } = notice;
  return {
    apiVersion: 'rollcall/v1',
    kind: 'Notice',
    fleet,
    id,
    at: iso(at),
    severity,
    subject,
    text,
    items: items.map(itemDocument),
    more,
  } as const;
}

function itemDocument({ state, event, severity, target, since, overAt, what, next, look }: NoticeItem) {
  const over = overAt === null ? null : iso(overAt);
  return { state, event, severity, target, since: iso(since), overAt: over, what, next, look };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
