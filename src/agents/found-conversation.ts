import { filled } from './fill.ts';
import type { Profile } from './profile.ts';
import { kindHit, recordOf, valueAt } from './record.ts';
import { holdsPrompt } from './transcript.ts';

/** What a conversation that began in a start of ours must show. */
export interface Begun {
  /** Absolute, real path: where it was begun. */
  readonly cwd: string;
  /** A part of the prompt that no other prompt has. */
  readonly marker: string;
}

/**
 * Absolute: the folders in which a conversation begun at `at` (epoch milliseconds) may be kept, for an agent that
 * chooses its ids itself; none for any other. Its day is that of a zone that is not known, so there are three.
 */
export function conversationFolders(
  { transcript }: Profile,
  home: string,
  at: number,
): readonly [string, string, string] | readonly [] {
  const found = transcript?.found;
  if (found === undefined) return [];
  const folder = (days: number): string => {
    const [year, month, day] = new Date(at + days * DAY_MS).toISOString().slice(0, 10).split('-');
    return `${home}/${filled(found.folder, { year: year ?? '', month: month ?? '', day: day ?? '' })}`;
  };
  return [folder(0), folder(-1), folder(1)];
}

/** The id of the conversation that a file of this name is about; null: it is not about one, or its id is no UUID. */
export function conversationNamed({ transcript }: Profile, name: string): string | null {
  if (transcript?.found === undefined) return null;
  const id = new RegExp(`^(?:${transcript.found.name})$`, 'u').exec(name)?.groups?.['id'];
  return id !== undefined && UUID.test(id) ? id : null;
}

/**
 * Whether a conversation is the one that a start of ours began, by the beginning of its file: its first line says that
 * it was begun there by a start and not by another conversation, its id is that of its name, and our prompt is in it.
 * Pure, total and quick on any text.
 */
export function isBegunBy({ transcript }: Profile, head: string, id: string, begun: Begun): boolean {
  if (transcript?.found === undefined) return false;
  const { found } = transcript;
  const rows = head.split('\n', MOST_LINES);
  const first = recordOf(rows[0] ?? '');
  if (first === null || kindHit({ when: found.when }, first, null) === null) return false;
  if (valueAt(first, found.id) !== id || valueAt(first, found.cwd) !== begun.cwd) return false;
  return begun.marker !== '' && holdsPrompt(transcript, rows, begun.marker);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;
/** What a prompt stands behind is no longer. */
const MOST_LINES = 200;
