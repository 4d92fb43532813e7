import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readDesiredBytes } from '../desired/read.ts';
import type { DesiredReading, DesiredSource, FileProblem } from '../model/seams.ts';
import { watchPaths } from './watch.ts';

/** Bytes that are read at all; what a file may really have is checked by desired/, with a better message. */
const LARGEST = 64 * 1024 * 1024;

/** The file at one moment. */
export interface Snapshot {
  /** Equal for equal bytes; what cannot be read has a fingerprint too. */
  readonly fingerprint: string;
  readonly text: string;
  /** Checks exactly these bytes. */
  parse(): DesiredReading;
}

/** A file as the source of the desired state. */
export interface FileSource extends DesiredSource {
  readonly file: string;
  snapshot(): Promise<Snapshot>;
}

/** The desired state in a file; `home` is what `~` stands for. */
export function fileSource(file: string, home: string): FileSource {
  const snapshot = async (): Promise<Snapshot> => {
    try {
      return snapshotOf(await bytesOf(file), file, home);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const problems = [unreadable(file, message)];
      return { fingerprint: `unreadable: ${message}`, text: '', parse: () => ({ ok: false, problems }) };
    }
  };
  return {
    file,
    snapshot,
    read: async () => (await snapshot()).parse(),
    watch: (ring) => watchPaths([file], [dirname(file)], ring, { follow: true }),
  };
}

function snapshotOf(bytes: Uint8Array, file: string, home: string): Snapshot {
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    text: new TextDecoder().decode(bytes),
    parse: () => readDesiredBytes(bytes, { file, home }),
  };
}

/** A FIFO or a device would hang or never end. */
async function bytesOf(file: string): Promise<Uint8Array> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new Error(`${file} is not a regular file`);
  if (stats.size > LARGEST) throw new Error(`${file} has ${String(stats.size)} bytes`);
  return readFile(file);
}

function unreadable(file: string, message: string): FileProblem {
  const help = 'the fleet stays as it was last declared';
  return {
    severity: 'error',
    code: 'file-unreadable',
    file,
    line: 0,
    column: 0,
    path: '',
    message,
    help,
    frame: '',
  };
}
