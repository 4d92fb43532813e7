import { join } from 'node:path';
import { conversationFolders, conversationNamed, isBegunBy } from '../agents/found-conversation.ts';
import type { Profile } from '../agents/profile.ts';
import type { FileReader } from '../model/host.ts';
import type { AttemptRecord } from '../model/task.ts';
import { boundedly } from './boundedly.ts';

/** A conversation, and the file in which its agent keeps it (absolute; null: it is not there, or where it always is). */
export interface FoundConversation {
  readonly conversation: string | null;
  readonly file: string | null;
}

type Begun = Pick<AttemptRecord, 'conversation' | 'startedAt' | 'cwd'>;

/**
 * Which conversation an attempt is in, for an agent that chooses its ids itself: the one whose record says that it was
 * begun in our folder and holds our prompt (`marker`: what no other prompt has). Not known where there is none, or more
 * than one. `file`: where it was found before.
 */
export async function findConversation(
  files: FileReader,
  profile: Profile,
  home: string,
  begun: Begun,
  marker: string,
  file: string | null,
): Promise<FoundConversation> {
  const { conversation: known, startedAt, cwd } = begun;
  const before = file === null ? null : conversationNamed(profile, file.slice(file.lastIndexOf('/') + 1));
  if (before !== null && (known === null || known === before)) return { conversation: before, file };
  const all = await namedFiles(files, profile, home, startedAt);
  if (known !== null) {
    return { conversation: known, file: all.find(({ id }) => id === known)?.path ?? null };
  }
  // A conversation that was not written to since then is not ours.
  const young = all.filter(({ changedAt }) => changedAt >= startedAt - CLOCKS_MS).slice(0, MOST);
  const ours = await boundedly(young, async ({ path, id }) => {
    const head = await files.head(path, HEAD_BYTES);
    return head.type === 'ok' && isBegunBy(profile, head.value, id, { cwd, marker }) ? { path, id } : null;
  });
  const [one, other] = ours.filter((each) => each !== null);
  if (one === undefined || other !== undefined) return { conversation: null, file: null };
  return { conversation: one.id, file: one.path };
}

/** A file's time may be told by another clock than ours, and more coarsely. */
const CLOCKS_MS = 5_000;
const MOST = 200;
/** The beginning of a conversation: what the agent says to itself first, then a prompt of ours of at most 100 000 bytes. */
const HEAD_BYTES = 1024 * 1024;

interface NamedFile {
  readonly path: string;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly changedAt: number;
}

/** Youngest first. */
async function namedFiles(
  files: FileReader,
  profile: Profile,
  home: string,
  startedAt: number,
): Promise<readonly NamedFile[]> {
  const found = await Promise.all(
    conversationFolders(profile, home, startedAt).map(async (folder) => {
      const answer = await files.entries(folder);
      return Object.entries(answer.type === 'ok' ? answer.value : {}).flatMap(([name, entry]) => {
        const id = entry.type === 'file' ? conversationNamed(profile, name) : null;
        return id === null ? [] : [{ path: join(folder, name), id, changedAt: entry.modifiedAt }];
      });
    }),
  );
  return found.flat().toSorted((a, b) => b.changedAt - a.changedAt || (a.path < b.path ? -1 : 1));
}
