import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { reasonOf, stateProblem } from './problem.ts';

/** Makes the folder, mode 0700, and checks it. A diagnostic where it cannot be made or is not safely ours. */
export function prepareStateDir(dir: string): Diagnostic | null {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const problem = checkStateDir(dir);
    if (problem === null) chmodSync(dir, 0o700);
    return problem;
  } catch (error) {
    return stateProblem(`${dir} cannot be made: ${reasonOf(error)}`);
  }
}

/** The same check without making anything; a folder that is not there yet is no problem. */
export function checkStateDir(dir: string): Diagnostic | null {
  const found = lstatSync(dir, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isDirectory()) return stateProblem(`${dir} is not a folder`);
  if (found.uid !== userInfo().uid) return stateProblem(`${dir} belongs to another user`);
  // Whoever can write there can take our lock and rewrite what we remember.
  if ((found.mode & 0o022) !== 0) return stateProblem(`${dir} is writable by others`, `chmod 700 '${dir}'`);
  return null;
}
