import type { TranscriptFact } from '../model/run.ts';
import { type Fillings, filled, slug } from './fill.ts';
import { lastRows } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { type AgentRecord, kindHit, recordOf, textAt, timeAt } from './record.ts';
import type { TranscriptProfile } from './record-schema.ts';
import { resetTime } from './reset-time.ts';

/** Whose conversation it is, and where it was begun. */
export interface ConversationPlace {
  /** Absolute: the agent's home. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
  /** UUID. */
  readonly conversation: string;
}

/** Absolute: where the agent keeps a conversation of ours; null where it cannot be told. */
export function transcriptPath({ transcript }: Profile, place: ConversationPlace): string | null {
  return transcript === undefined ? null : `${place.home}/${filled(transcript.file, wordsOf(place))}`;
}

/** Where to look when it is not there: for a file of this name, in every folder directly below this one. */
export function transcriptSearch(
  { transcript }: Profile,
  place: ConversationPlace,
): { readonly below: string; readonly file: string } | null {
  if (transcript?.search === undefined) return null;
  const words = wordsOf(place);
  const { below, file } = transcript.search;
  return { below: `${place.home}/${filled(below, words)}`, file: filled(file, words) };
}

/**
 * What the end of a transcript says: `tail`, whose first line may be cut, of a file last written to at `at` (epoch
 * milliseconds). `marker`: a part of the prompt by which it is known. Null where no line of it is one of the agent's.
 * Pure, total and quick on any text.
 */
export function readTranscript(
  { transcript }: Profile,
  tail: string,
  at: number,
  marker: string,
): TranscriptFact | null {
  if (transcript === undefined) return null;
  const lines = linesOf(transcript, tail);
  if (lines.length === 0) return null;
  const last = lines.findLast(({ rule }) => rule.turn !== undefined && rule.turn !== 'closed');
  const isClosed = lines.findLast(({ rule }) => rule.turn !== undefined)?.rule.turn === 'closed';
  const words = lines.findLast(({ rule, text }) => rule.words && text !== null);
  const prompted = marker !== '' && lines.some(({ rule, text }) => rule.prompt && text?.includes(marker));
  return {
    at,
    prompted,
    turn: turnOf(last?.rule.turn, isClosed),
    error: last?.rule.error ?? null,
    resetsAt: last?.rule.error === 'quota' ? resetOf(transcript, last, at) : null,
    lastLines: lastRows(words?.text ?? ''),
  };
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
const MOST_LINES = 4000;

/** The lines that tell something, oldest first. */
function linesOf(transcript: TranscriptProfile, tail: string): readonly Line[] {
  const rules = Object.values(transcript.lines);
  return tail
    .split('\n')
    .slice(-MOST_LINES)
    .flatMap((text) => {
      const record = recordOf(text);
      return record === null ? [] : lineOf(transcript, rules, record);
    });
}

function lineOf(
  transcript: TranscriptProfile,
  rules: readonly LineRule[],
  record: AgentRecord,
): readonly Line[] {
  const text = textAt(record, transcript.text);
  for (const rule of rules) {
    const hit = kindHit(rule, record, text);
    if (hit !== null) return [{ record, rule, text, reset: hit.reset }];
  }
  return [];
}

function turnOf(turn: LineRule['turn'], isClosed: boolean): TranscriptFact['turn'] {
  if (turn === undefined || turn === 'closed') return null;
  return turn === 'open' && isClosed ? 'ended' : turn;
}

/** Only words that name their zone are believed: who wrote them may have been elsewhere. */
function resetOf({ resetsAt }: TranscriptProfile, { record, reset }: Line, at: number): number | null {
  const told = resetsAt === undefined ? null : timeAt(record, resetsAt);
  if (told !== null) return told;
  return reset?.includes('(') === true ? resetTime(reset, at, 'UTC') : null;
}

function wordsOf({ cwd, conversation }: ConversationPlace): Fillings {
  return { slug: slug(cwd), conversation };
}
