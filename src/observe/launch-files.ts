import { join } from 'node:path';
import { z } from 'zod';
import type { FileReader } from '../model/host.ts';
import { LAUNCH_FILES, RUN_FILES } from '../model/queue.ts';
import type { ObservedRun, RunExit, RunWord } from '../model/run.ts';

/** What the launcher wrote down of the process that it started. */
export type NotedProcess = z.infer<typeof PROCESS>;

/** What stands in the folder of one launch. */
export interface LaunchState {
  readonly spec: ObservedRun['spec'];
  readonly process: NotedProcess | null;
  readonly exit: RunExit | null;
  readonly endingSince: number | null;
}

/** Reads the folder of a launch; what is not there, or is not what a launcher of ours writes, is null. */
export async function lookAtLaunch(files: FileReader, folder: string): Promise<LaunchState> {
  // The spec first: what it leads to is written only after it was taken.
  const spec = await specState(files, folder);
  const [process, exit, ending] = await Promise.all([
    noted(files, join(folder, LAUNCH_FILES.agent), PROCESS),
    noted(files, join(folder, LAUNCH_FILES.exit), EXIT),
    files.tail(join(folder, LAUNCH_FILES.ending), 0),
  ]);
  return { spec, process, exit, endingSince: ending.type === 'ok' ? Math.floor(ending.value.at) : null };
}

/** The first word that was said about the task of this attempt; null: none yet. */
export async function lookAtWord(files: FileReader, runDir: string): Promise<RunWord | null> {
  const types = ['done', 'failed', 'cancelled'] as const;
  const said = await Promise.all(
    types.map(async (type): Promise<readonly RunWord[]> => {
      const answer = await files.tail(join(runDir, RUN_FILES.words[type]), WORD_BYTES);
      // A link or a folder of that name says nothing.
      if (answer.type === 'error') return [];
      const { text, at } = answer.value;
      return [{ type, at: Math.floor(at), message: messageOf(text) }];
    }),
  );
  return said.flat().toSorted((one, other) => one.at - other.at)[0] ?? null;
}

const WORD_BYTES = 16 * 1024;
const WORD_CHARACTERS = 500;

/** More than a launcher of ours writes. */
const NOTE_BYTES = 4096;

const PROCESS = z.strictObject({
  pid: z.int().min(2),
  start: z.string().regex(/^\d{1,20}$/),
  at: z.int().min(0),
});

const EXIT: z.ZodType<RunExit> = z.strictObject({
  code: z.int().nullable(),
  signal: z.string().max(20).nullable(),
  at: z.int().min(0),
});

/**
 * In the order in which it moves, or a rename in between would hide it. Where it cannot be told, it counts as taken:
 * whoever may have run is not run again for nothing.
 */
async function specState(files: FileReader, folder: string): Promise<ObservedRun['spec']> {
  const isThere = async (name: string): Promise<boolean> => {
    const answer = await files.path(join(folder, name));
    return answer.type === 'error' || answer.value.type !== 'absent';
  };
  const waiting = await isThere(LAUNCH_FILES.spec);
  if (await isThere(LAUNCH_FILES.taken)) return 'taken';
  if (await isThere(LAUNCH_FILES.void)) return 'void';
  return waiting ? 'waiting' : 'absent';
}

async function noted<T>(files: FileReader, path: string, schema: z.ZodType<T>): Promise<T | null> {
  const answer = await files.text(path, NOTE_BYTES);
  if (answer.type === 'error') return null;
  const { success, data } = schema.safeParse(json(answer.value));
  return success ? data : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function messageOf(text: string): string | null {
  const message = Array.from(text.trim()).slice(0, WORD_CHARACTERS).join('');
  return message === '' ? null : message;
}
