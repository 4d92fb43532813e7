import { EVENT_TYPES } from '../../model/event.ts';
import {
  type Incident,
  type JournalCursor,
  NOTICE_ID,
  NOTICE_STATES,
  type Notice,
  type NoticeItem,
  type NoticesMemory,
  type PendingNews,
  type Told,
} from '../../model/notice.ts';
import { isObject, isObjectOf, isText, isWhole, orNull } from './json.ts';

/** Whether a parsed value is what is remembered of notices. */
export function isNoticesMemory(value: unknown): value is NoticesMemory {
  return (
    isObject(value) &&
    orNull(isCursor)(value['cursor']) &&
    isObjectOf(value['incidents'], isIncident) &&
    isObjectOf(value['news'], isNews) &&
    isObjectOf(value['due'], isNotice)
  );
}

/** Whether a parsed value is a message. */
export function isNotice(value: unknown): value is Notice {
  return (
    isObject(value) &&
    isText(value['id']) &&
    NOTICE_ID.test(value['id']) &&
    ['fleet', 'channel', 'subject', 'text'].every((key) => isText(value[key])) &&
    isWhole(value['at']) &&
    isWhole(value['more']) &&
    isSeverity(value['severity']) &&
    Array.isArray(value['items']) &&
    value['items'].every(isItem)
  );
}

function isItem(value: unknown): value is NoticeItem {
  return (
    isObject(value) &&
    STATES.includes(value['state']) &&
    TYPES.includes(value['event']) &&
    isSeverity(value['severity']) &&
    ['target', 'what', 'look'].every((key) => isText(value[key])) &&
    isWhole(value['since']) &&
    isTime(value['overAt']) &&
    orNull(isText)(value['next'])
  );
}

function isCursor(value: unknown): value is JournalCursor {
  return (
    isObject(value) &&
    ['inode', 'offset'].every((key) => isWhole(value[key])) &&
    ['mark', 'at'].every((key) => isText(value[key]))
  );
}

function isIncident(value: unknown): value is Incident {
  return (
    isTold(value) &&
    isObject(value) &&
    ['since', 'heardAt'].every((key) => isWhole(value[key])) &&
    ['saidAt', 'overAt'].every((key) => isTime(value[key]))
  );
}

function isNews(value: unknown): value is PendingNews {
  return (
    isObject(value) && isWhole(value['more']) && Array.isArray(value['items']) && value['items'].every(isTold)
  );
}

function isTold(value: unknown): value is Told {
  return (
    isObject(value) &&
    TYPES.includes(value['event']) &&
    isSeverity(value['severity']) &&
    ['target', 'message', 'occurrence'].every((key) => isText(value[key])) &&
    isWhole(value['at']) &&
    isTime(value['until'])
  );
}

const isTime = orNull(isWhole);
const STATES: readonly unknown[] = NOTICE_STATES;
const TYPES: readonly unknown[] = EVENT_TYPES;

function isSeverity(value: unknown): boolean {
  return value === 'info' || value === 'warning' || value === 'error';
}
