import { isAbsolute, join, resolve } from 'node:path';
import { homeFolder } from '../host/paths.ts';
import type { Io } from './io.ts';

export const FILE_NAME = 'desired-state.yaml';

/**
 * Where the fleet's file may be, best first: `-f`, `$ROLLCALL_FILE`, the current folder, the user's configuration.
 * One that was named is the only candidate: falling back to another fleet would be worse than an error.
 */
export function fileCandidates(io: Pick<Io, 'env' | 'cwd'>, flag: string | null): readonly string[] {
  const named = flag ?? nonEmpty(io.env['ROLLCALL_FILE']);
  if (named !== null) return [resolve(io.cwd, named)];
  const config = nonEmpty(io.env['XDG_CONFIG_HOME']);
  // A relative path in this variable is to be ignored (XDG base directories).
  const folder = config !== null && isAbsolute(config) ? config : join(homeFolder(io.env), '.config');
  return [join(io.cwd, FILE_NAME), join(folder, 'rollcall', FILE_NAME)];
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}
