import { isAbsolute } from 'node:path';
import type { Profile } from '../agents/profile.ts';
import { type Answer, askProgram } from '../host/doctor/ask-program.ts';
import { findProgram } from '../host/find-program.ts';

/** The version in what a program said of itself; null: none. */
export function versionIn(answer: Answer | null): string | null {
  return answer?.type === 'said' ? (/\d+\.\d+(?:\.\d+)?[\w.+-]*/.exec(answer.text)?.[0] ?? null) : null;
}

/** What an agent's program, found on that PATH, says its version is; null: it is not there, or says none. */
export async function versionOf(profile: Profile, path: string): Promise<string | null> {
  const program = profile.command?.[0];
  const found = program === undefined ? null : located(program, path);
  return found === null ? null : versionIn(await askVersion(found, profile, path));
}

/** Absolute path of a program, by its name or path. */
export function located(program: string, path: string): string | null {
  return isAbsolute(program) ? findProgram(program.slice(1), '/') : findProgram(program, path);
}

/** Runs `PROGRAM --version` where it can write nothing: some agents write to their home even then. */
export function askVersion(program: string, { home }: Profile, path: string): Promise<Answer> {
  const folders = [...FOLDERS, ...(home === null ? [] : [home.env])];
  const nowhere = Object.fromEntries(folders.map((name) => [name, NOWHERE]));
  return askProgram(program, ['--version'], { PATH: path, LANG: 'C.UTF-8', ...nowhere });
}

/** No folder: whatever a program would write below it fails. */
const NOWHERE = '/dev/null';
const FOLDERS = [
  'HOME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
];
