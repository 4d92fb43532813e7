import type { TranscriptFact } from '../model/run.ts';
import { type Fillings, filled, slug } from './fill.ts';
import { lastRows } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { type AgentRecord, kindHit, recordOf, textAt, timeAt } from './record.ts';
import type { TranscriptProfile } from './record-schema.ts';
import { resetTime } from './reset-time.ts';
import { toldUsage, usedUpUntil } from './told-usage.ts';

/** Whose conversation it is, and where it was begun. */
export interface ConversationPlace {
  /** Absolute: the agent's home. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
  /** UUID; null: not known. */
  readonly conversation: string | null;
}

/** Absolute: where the agent keeps a conversation of ours; null where it cannot be told, or has to be found. */
export function transcriptPath({ transcript }: Profile, place: ConversationPlace): string | null {
  if (transcript?.file === undefined || place.conversation === null) return null;
  return `${place.home}/${filled(transcript.file, wordsOf(place))}`;
}

/** Where to look when it is not there: for a file of this name, in every folder directly below this one. */
export function transcriptSearch(
  { transcript }: Profile,
  place: ConversationPlace,
): { readonly below: string; readonly file: string } | null {
  if (transcript?.search === undefined || place.conversation === null) return null;
  const words = wordsOf(place);
  const { below, file } = transcript.search;
  return { below: `${place.home}/${filled(below, words)}`, file: filled(file, words) };
}

/**
 * What the end of a transcript says: `tail`, whose first line may be cut, of a file last written to at `at` (epoch
 * milliseconds). `marker`: a part of the prompt by which it is known. Null where no line of it is one of the agent's.
 * Of a turn that was written down before `since` it says nothing: an agent writes to its file as it starts and ends,
 * so that the file is young where what stands in it is not. `restedAt`: since when at the latest its screen would have
 * shown it at work; null: it does, or is not at its prompt. Pure, total and quick on any text.
 */
export function readTranscript(
  { transcript }: Profile,
  tail: string,
  at: number,
  marker: string,
  since = 0,
  restedAt: number | null = null,
): TranscriptFact | null {
  if (transcript === undefined) return null;
  const rows = tail.split('\n').slice(-MOST_LINES);
  const { known, last: found, isClosed, words } = endOf(transcript, rows);
  if (!known) return null;
  const saidAt = found === null ? at : (writtenAt(transcript, found) ?? at);
  const last = saidAt < since ? null : found;
  const isQuota = last?.rule.error === 'quota';
  return {
    at,
    prompted: marker !== '' && holdsPrompt(transcript, rows, marker),
    turn: turnOf(last?.rule.turn, isClosed, restedAt !== null && saidAt <= restedAt),
    error: last?.rule.error ?? null,
    resetsAt: isQuota
      ? (resetOf(transcript, last, saidAt) ?? usedUpUntil(toldUsage(transcript, rows, since)))
      : null,
    lastLines: lastRows(words),
  };
}

/** How much of the account's quota is used, by what it was told in this conversation at `since` or later. */
export function readToldUsage(
  { transcript }: Profile,
  tail: string,
  since: number,
): ReturnType<typeof toldUsage> {
  return transcript === undefined ? {} : toldUsage(transcript, tail.split('\n').slice(-MOST_LINES), since);
}

type LineRule = TranscriptProfile['lines'][string];

interface Line {
  readonly record: AgentRecord;
  readonly rule: LineRule;
  readonly text: string | null;
  /** Where the line itself says when a limit ends. */
  readonly reset: string | null;
}

/** A line of an agent's own is longer than a tail of so many would let it be. */
const MOST_LINES = 2000;

interface End {
  /** Some line is one of the agent's. */
  readonly known: boolean;
  /** The last line that says how the turn stands. */
  readonly last: Line | null;
  /** It is over behind that. */
  readonly isClosed: boolean;
  /** The agent's last words. */
  readonly words: string;
}

/** What the last lines say, from the end: no more of them is read than that takes. */
function endOf(transcript: TranscriptProfile, rows: readonly string[]): End {
  const rules = Object.values(transcript.lines);
  let [known, isClosed] = [false, false];
  let last: Line | null = null;
  let words: string | null = null;
  for (const row of rows.toReversed()) {
    const line = lineOf(transcript, rules, row);
    if (line === null) continue;
    known = true;
    const { turn } = line.rule;
    if (line.rule.words) words ??= line.text;
    if (turn === 'closed') isClosed ||= last === null;
    else if (turn !== undefined) last ??= line;
    if (last !== null && words !== null) break;
  }
  return { known, last, isClosed, words: words ?? '' };
}

/** Whether one of the user's lines holds this text, which is looked for as JSON spells it before any is read. */
export function holdsPrompt(transcript: TranscriptProfile, rows: readonly string[], marker: string): boolean {
  const rules = Object.values(transcript.lines);
  const spelt = JSON.stringify(marker).slice(1, -1);
  return rows.some((row) => {
    const line = row.includes(spelt) ? lineOf(transcript, rules, row) : null;
    return line?.rule.prompt === true && line.text?.includes(marker) === true;
  });
}

/** What one line tells; null: nothing. */
function lineOf(transcript: TranscriptProfile, rules: readonly LineRule[], row: string): Line | null {
  const record = recordOf(row);
  if (record === null) return null;
  const text = textAt(record, transcript.text);
  for (const rule of rules) {
    const hit = kindHit(rule, record, text);
    if (hit !== null) return { record, rule, text, reset: hit.reset };
  }
  return null;
}

function writtenAt({ at }: TranscriptProfile, { record }: Line): number | null {
  return at === undefined ? null : timeAt(record, at);
}

function turnOf(turn: LineRule['turn'], isClosed: boolean, rests: boolean): TranscriptFact['turn'] {
  if (turn === undefined || turn === 'closed') return null;
  if (turn === 'at-prompt') return rests ? 'ended' : 'open';
  return turn === 'open' && isClosed ? 'ended' : turn;
}

/** Only words that name their zone are believed: who wrote them may have been elsewhere. */
function resetOf({ resetsAt }: TranscriptProfile, { record, reset }: Line, at: number): number | null {
  const told = resetsAt === undefined ? null : timeAt(record, resetsAt);
  if (told !== null) return told;
  return reset?.includes('(') === true ? resetTime(reset, at, 'UTC') : null;
}

function wordsOf({ cwd, conversation }: ConversationPlace): Fillings {
  const id = conversation === null ? {} : { conversation, conversationStart: conversation.slice(0, 8) };
  return { slug: slug(cwd), ...id };
}
