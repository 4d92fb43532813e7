import { basename, dirname, join } from 'node:path';
import type { Profile } from '../agents/profile.ts';
import {
  type ConversationPlace,
  readToldUsage,
  readTranscript,
  transcriptPath,
  transcriptSearch,
} from '../agents/transcript.ts';
import { matchesGlob } from '../model/glob.ts';
import type { FileReader } from '../model/host.ts';
import type { AgentFacts, TranscriptFact } from '../model/run.ts';
import type { AttemptRecord } from '../model/task.ts';
import { boundedly } from './boundedly.ts';
import { findConversation } from './conversation.ts';
import type { RunCache } from './look-cache.ts';

const TAIL_BYTES = 256 * 1024;

/** What the agent keeps of the conversation. */
export interface TranscriptSeen {
  readonly transcript: TranscriptFact | null;
  /** What it was told of its account's quota since its start. */
  readonly told: AgentFacts['usage'];
  /** As its record says, or as found; null: not known. */
  readonly conversation: string | null;
  readonly cached: RunCache;
}

type Whose = Pick<AttemptRecord, 'attempt' | 'cwd' | 'conversation' | 'startedAt' | 'launchedAt'>;

/**
 * The end of the conversation's transcript. A prompt that was seen in it once counts as seen: behind a long answer it
 * lies further up than we read. `atPrompt`: whether its screen shows the agent at its prompt, and not at work.
 */
export async function lookAtTranscript(
  files: FileReader,
  profile: Profile,
  home: string | null,
  whose: Whose,
  now: number,
  cached: RunCache,
  atPrompt = false,
): Promise<TranscriptSeen> {
  const { conversation, path } = await placeOf(files, profile, home, whose, now, cached);
  const nothing = { transcript: null, told: {}, conversation, cached };
  if (path === null) return nothing;
  const tail = await files.tail(path, TAIL_BYTES);
  if (tail.type === 'error') return nothing;
  const { text, at } = tail.value;
  const { attempt, launchedAt } = whose;
  const restedAt = atPrompt ? now - REST_MS : null;
  const fact = readTranscript(profile, text, Math.floor(at), markerOf(attempt), launchedAt, restedAt);
  const prompted = cached.prompted || fact?.prompted === true;
  return {
    transcript: fact === null ? null : { ...fact, prompted },
    told: readToldUsage(profile, text, launchedAt),
    conversation,
    cached: { prompted, transcript: path },
  };
}

/** An agent that says something and calls a tool shows within this time that it is at work. */
const REST_MS = 2_000;

interface Kept {
  readonly conversation: string | null;
  /** Absolute: its file; null: it cannot be told. */
  readonly path: string | null;
}

/** Where the conversation is kept; and which one it is, where the agent chose its id. */
async function placeOf(
  files: FileReader,
  profile: Profile,
  home: string | null,
  whose: Whose,
  now: number,
  cached: RunCache,
): Promise<Kept> {
  const { cwd, conversation, attempt, launchedAt } = whose;
  if (home === null) return { conversation, path: null };
  if (profile.transcript?.found !== undefined) {
    const found = await findConversation(files, profile, home, whose, markerOf(attempt), cached.transcript);
    return { conversation: found.conversation, path: found.file };
  }
  const place = { home, cwd, conversation };
  const expected = cached.transcript ?? transcriptPath(profile, place);
  if (expected !== null) {
    const young = now - launchedAt <= SEARCH_AFTER_MS;
    if (young || !(await isAbsent(files, expected))) return { conversation, path: expected };
  }
  return { conversation, path: (await search(files, profile, place)) ?? expected };
}

/** What every prompt of ours says in its first line. */
function markerOf(attempt: string): string {
  return `(attempt ${attempt})`;
}

/** A conversation is written to disk some moments after its start: until then it is nowhere. */
const SEARCH_AFTER_MS = 5000;
const MOST_FOLDERS = 2000;

/** Where a conversation that is not where it was begun is kept. */
async function search(files: FileReader, profile: Profile, place: ConversationPlace): Promise<string | null> {
  const wanted = transcriptSearch(profile, place);
  const folders = wanted === null ? null : await files.names(wanted.below);
  if (wanted === null || folders?.type !== 'ok') return null;
  const paths = folders.value.slice(0, MOST_FOLDERS).map((name) => join(wanted.below, name, wanted.file));
  const found = await boundedly(paths, async (path) => {
    const named = wanted.file.includes('*') ? await firstNamed(files, path) : path;
    const state = named === null ? null : await files.path(named);
    return state?.type === 'ok' && state.value.type === 'file' ? named : null;
  });
  return found.find((path) => path !== null) ?? null;
}

/** The first file by its name of those that a name with `*` is for; null: there is none. */
async function firstNamed(files: FileReader, pattern: string): Promise<string | null> {
  const folder = dirname(pattern);
  const names = await files.names(folder);
  const [first] = (names.type === 'ok' ? names.value : [])
    .filter((name) => matchesGlob(`/${basename(pattern)}`, `/${name}`))
    .toSorted();
  return first === undefined ? null : join(folder, first);
}

async function isAbsent(files: FileReader, path: string): Promise<boolean> {
  const there = await files.path(path);
  return there.type === 'ok' && there.value.type === 'absent';
}
