import { basename } from 'node:path';
import type { FileAnswer } from '../../model/host.ts';

/** What the work gives, or errno's name and words. Anything else that is thrown is answered as `UNKNOWN`. */
export async function answered<T>(work: () => Promise<T> | T): Promise<FileAnswer<T>> {
  try {
    return { type: 'ok', value: await work() };
  } catch (error) {
    return {
      type: 'error',
      code: codeOf(error),
      text: error instanceof Error ? error.message : String(error),
    };
  }
}

/** errno's name of a failed call, or `UNKNOWN`. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** An error as the system would throw it. */
export function errno(code: string, path: string, text = code): Error {
  return Object.assign(new Error(`${text}: ${basename(path)}`), { code });
}
