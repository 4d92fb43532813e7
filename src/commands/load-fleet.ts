import { type Stats, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readDesiredBytes } from '../desired/read.ts';
import { homeFolder } from '../host/paths.ts';
import type { DesiredState } from '../model/desired.ts';
import type { FileProblem } from '../model/seams.ts';
import { EXIT } from '../model/words.ts';
import { problemsDocument, problemsText } from '../report/problems-text.ts';
import { jsonText } from '../report/json.ts';
import { type Context, errorStyle } from './context.ts';
import { fileCandidates } from './find-file.ts';
import { Stop } from './stop.ts';

export interface LoadedFleet {
  readonly desired: DesiredState;
  readonly warnings: readonly FileProblem[];
}

/** The fleet as its file says; where that is missing or bad, all that is wrong is printed and the verb ends with 78. */
export async function loadFleet(context: Context): Promise<LoadedFleet> {
  const reading = await readFleetFile(context);
  if (reading.ok) return reading;
  const [first] = reading.problems;
  // With -o json a script reads the document; a person is told on stderr either way.
  if (context.output === 'json') {
    context.io.stdout.write(jsonText(problemsDocument(first?.file ?? '', reading.problems)));
  }
  tellProblems(context, reading.problems);
  throw new Stop(EXIT.badFile, '');
}

export type FleetReading =
  | ({ readonly ok: true; readonly file: string } & LoadedFleet)
  | { readonly ok: false; readonly file: string; readonly problems: readonly FileProblem[] };

/** Finds, reads and checks the file. A file that is missing or cannot be read is a problem like any other. */
export async function readFleetFile({ io, file: flag }: Context): Promise<FleetReading> {
  const candidates = fileCandidates(io, flag);
  const file = candidates.find(stands) ?? candidates[0] ?? '';
  const bytes = await bytesOf(file, candidates);
  if ('message' in bytes) return { ok: false, file, problems: [bytes] };
  const reading = readDesiredBytes(bytes, { file, home: homeFolder(io.env) });
  return { file, ...reading };
}

/** Prints the warnings of a good file on stderr. */
export function warn(context: Context, warnings: readonly FileProblem[]): void {
  if (warnings.length > 0) context.io.stderr.write(`${problemsText(warnings, errorStyle(context))}\n`);
}

/** Prints all that is wrong with the file on stderr. */
export function tellProblems(context: Context, problems: readonly FileProblem[]): void {
  context.io.stderr.write(problemsText(problems, errorStyle(context)));
}

async function bytesOf(file: string, candidates: readonly string[]): Promise<Uint8Array | FileProblem> {
  const stats = statOf(file);
  if (stats === null) {
    const looked = `looked for ${candidates.join(', then ')}`;
    return wholeFile(
      file,
      'file-missing',
      `there is no desired-state file: ${looked}`,
      '`rollcall init` writes one; -f FILE names one',
    );
  }
  // A FIFO or a device would hang or never end.
  if (!stats.isFile()) return wholeFile(file, 'file-unreadable', `${file} is not a regular file`, null);
  if (stats.size > LARGEST)
    return wholeFile(file, 'too-large', `${file} has ${String(stats.size)} bytes`, 'is it the right file?');
  try {
    return await readFile(file);
  } catch (error) {
    return wholeFile(
      file,
      'file-unreadable',
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      null,
    );
  }
}

/** Bytes that are read at all; what a file may really have is checked, with a better message, by desired/. */
const LARGEST = 64 * 1024 * 1024;

function stands(file: string): boolean {
  return statOf(file) !== null;
}

function statOf(file: string): Stats | null {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? null;
  } catch {
    // ENOTDIR and the like: nothing we could read stands there.
    return null;
  }
}

function wholeFile(file: string, code: string, message: string, help: string | null): FileProblem {
  return { severity: 'error', code, file, line: 0, column: 0, path: '', message, help, frame: '' };
}
