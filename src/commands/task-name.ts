import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';

/** A task as somebody named it: `task/INBOX/ID`, `INBOX/ID`, `ID`; a file's name stands for the id, too. */
export interface TaskRef {
  readonly inbox: string | null;
  readonly name: string;
  readonly text: string;
}

/** Ends with 64 for what names no task. */
export function taskRef(text: string): TaskRef {
  const parts = text.replace(/^task\//, '').split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.some((part) => part === ''))
    throw new Stop(EXIT.usage, `${JSON.stringify(text)} names no task; ID, INBOX/ID or task/INBOX/ID does`);
  return second === undefined ? { inbox: null, name: first, text } : { inbox: first, name: second, text };
}

export function namesTask(ref: TaskRef, inbox: string, id: string): boolean {
  return (ref.inbox === null || ref.inbox === inbox) && ref.name === id;
}
