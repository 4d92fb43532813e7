import { join } from 'node:path';
import type { Profile } from '../agents/profile.ts';
import {
  type ConversationPlace,
  readTranscript,
  transcriptPath,
  transcriptSearch,
} from '../agents/transcript.ts';
import type { FileAnswer, FileReader } from '../model/host.ts';
import type { TranscriptFact } from '../model/run.ts';
import type { AttemptRecord } from '../model/task.ts';
import { boundedly } from './boundedly.ts';
import type { RunCache } from './look-cache.ts';

type Tail = FileAnswer<{ readonly text: string; readonly at: number }>;

const TAIL_BYTES = 256 * 1024;

/**
 * The end of the conversation's transcript. A prompt that was seen in it once counts as seen: behind a long answer it
 * lies further up than we read.
 */
export async function lookAtTranscript(
  files: FileReader,
  profile: Profile,
  home: string | null,
  {
    attempt,
    cwd,
    conversation,
    launchedAt,
  }: Pick<AttemptRecord, 'attempt' | 'cwd' | 'conversation' | 'launchedAt'>,
  now: number,
  cached: RunCache,
): Promise<{ readonly transcript: TranscriptFact | null; readonly cached: RunCache }> {
  const place = home === null ? null : { home, cwd, conversation };
  const expected = place === null ? null : (cached.transcript ?? transcriptPath(profile, place));
  if (place === null || expected === null) return { transcript: null, cached };
  let path = expected;
  let tail: Tail = await files.tail(path, TAIL_BYTES);
  if (isAbsent(tail) && now - launchedAt > SEARCH_AFTER_MS) {
    path = (await search(files, profile, place)) ?? path;
    if (path !== expected) tail = await files.tail(path, TAIL_BYTES);
  }
  if (tail.type === 'error') return { transcript: null, cached };
  const { text, at } = tail.value;
  const fact = readTranscript(profile, text, Math.floor(at), markerOf(attempt), launchedAt);
  const prompted = cached.prompted || fact?.prompted === true;
  return {
    transcript: fact === null ? null : { ...fact, prompted },
    cached: { prompted, transcript: path },
  };
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
    const state = await files.path(path);
    return state.type === 'ok' && state.value.type === 'file' ? path : null;
  });
  return found.find((path) => path !== null) ?? null;
}

function isAbsent(tail: Tail): boolean {
  return tail.type === 'error' && (tail.code === 'ENOENT' || tail.code === 'ENOTDIR');
}
