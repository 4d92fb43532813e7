import type { JournalEvent } from '../model/event.ts';
import { severityWord } from './diagnostics-text.ts';
import { API_VERSION } from './json.ts';
import { shown, type Style, shownProse } from './style.ts';
import { clockSeconds } from './time.ts';
import { padded } from './width.ts';

/** One event on one line, with its newline; never cut, since there is no other place to read it whole. */
export function eventLine(event: JournalEvent, style: Style): string {
  const at = clockSeconds(Date.parse(event.at), style.now, style.zone);
  // Padded outside the colour, so that columns stay where they are with it and without.
  const severity = severityWord(event.severity, style) + ' '.repeat(Math.max(8 - event.severity.length, 0));
  const target = padded(shown(style, event.target), 24);
  return `${at}  ${severity}${target}  ${padded(event.type, 16)}  ${shownProse(style, messageOf(event))}\n`.replace(
    / +\n$/,
    '\n',
  );
}

/** The same as published, one document per event. */
export function eventDocument(event: JournalEvent) {
  const { at, type, severity, target, message, fields } = event;
  return { apiVersion: API_VERSION, kind: 'Event', at, type, severity, target, message, fields } as const;
}

/** What an action event is about is the action; its message says only why, or what went wrong. */
function messageOf({ type, message, fields }: JournalEvent): string {
  const action = fields['action'];
  return type.startsWith('action.') && typeof action === 'string' ? `${action}: ${message}` : message;
}
