import { basename, dirname, isAbsolute } from 'node:path';
import { fileReader, fileWriter } from '../host/files.ts';
import { RUN_FILES } from '../model/queue.ts';
import type { RunWord } from '../model/run.ts';
import { EXIT } from '../model/words.ts';
import { type Invocation, textOption } from './context.ts';
import type { Io } from './io.ts';
import { Stop } from './stop.ts';

/** The attempt that this very process belongs to, as the launcher told it. */
export interface OwnRun {
  /** Absolute. */
  readonly runDir: string;
  /** `<inbox>/<id>`, or null where it was not told. */
  readonly task: string | null;
  /** Where the loop says that it runs; null: cannot be told from the run folder. */
  readonly fleet: { readonly stateDir: string } | { readonly name: string } | null;
}

/** Null: nobody's agent called us. */
export function ownRun(env: Io['env']): OwnRun | null {
  const runDir = env['ROLLCALL_RUN'] ?? '';
  if (!isAbsolute(runDir)) return null;
  const task = env['ROLLCALL_TASK'] ?? '';
  return { runDir, task: task === '' ? null : task, fleet: fleetOf(dirname(dirname(runDir))) };
}

/** `…/rollcall/NAME` with a runtime folder, `…/rollcall/NAME/run` without one. */
function fleetOf(runtime: string): OwnRun['fleet'] {
  if (basename(dirname(runtime)) === 'rollcall') return { name: basename(runtime) };
  return basename(runtime) === 'run' ? { stateDir: dirname(runtime) } : null;
}

/** Characters of a message that are read again. */
const LONGEST = 500;

/** `--message` or `--reason`, cut to what will be read of it. */
export function messageOf(invocation: Invocation): string {
  const text = textOption(invocation, 'message') ?? textOption(invocation, 'reason') ?? '';
  // A pair that was cut in two is no UTF-8.
  return text.trim().slice(0, LONGEST).toWellFormed();
}

/**
 * Leaves a word about the attempt whose run folder this is, for the loop to act on; takes no lock. The first word
 * counts: `again` where the same was said before. Ends with 4 where the attempt is over, 5 where something else was
 * said before.
 */
export async function leaveWord(
  runDir: string,
  word: RunWord['type'],
  message: string,
): Promise<'said' | 'again'> {
  const standing = await fileReader.directory(runDir);
  if (standing.type === 'error') throw new Stop(EXIT.failed, `${runDir}: ${standing.text}`);
  if (standing.value.type !== 'present')
    throw new Stop(EXIT.noSuchThing, `that attempt is over: ${runDir} has gone`);
  for (const [other, file] of Object.entries(RUN_FILES.words)) {
    if (other !== word && (await stands(`${runDir}/${file}`)))
      throw new Stop(EXIT.refused, `it was said before that it is ${other}; the first word counts`);
  }
  const text = message === '' ? '' : `${message}\n`;
  const answer = await fileWriter.write(`${runDir}/${RUN_FILES.words[word]}`, text, { fresh: true });
  if (answer.type === 'ok') return 'said';
  if (answer.code === 'EEXIST') return 'again';
  throw new Stop(EXIT.failed, `cannot write into ${runDir}: ${answer.text}`);
}

async function stands(path: string): Promise<boolean> {
  const answer = await fileReader.path(path);
  return answer.type === 'ok' && answer.value.type !== 'absent';
}
