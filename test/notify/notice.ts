import type { Notice } from '../../src/model/notice.ts';

/** A message as the planner makes one, for channel `phone`. */
export function notice(index = 0, over: Partial<Notice> = {}): Notice {
  const at = Date.UTC(2026, 10, 23, 12) + index;
  return {
    id: `${String(at)}-3-${index.toString(16).padStart(14, '0')}`,
    fleet: 'home',
    channel: 'phone',
    at,
    severity: 'error',
    subject: `home: link ${String(index)}`,
    text: ['home: link/main/fix.md is not right', 'Since 12:00 UTC.', '$ rollcall why link/main/fix.md'].join(
      '\n',
    ),
    items: [
      {
        state: 'begun',
        event: 'link.diverged',
        severity: 'error',
        target: `link/main/${String(index)}`,
        since: at,
        overAt: null,
        what: 'link is not right',
        next: null,
        look: 'rollcall why link/main/fix.md',
      },
    ],
    more: 0,
    ...over,
  };
}
