import { posix } from 'node:path';
import type { Observed, PathState } from '../model/observed.ts';

/**
 * Whether the link at `path` leads to `wanted`: by its text, or because both are the same real place. A
 * relative text counts from the link's real folder.
 */
export function leadsTo(
  observed: Observed,
  path: string,
  link: Extract<PathState, { type: 'link' }>,
  wanted: string,
): boolean {
  const folder = posix.dirname(path);
  const reading = observed.directories[folder];
  const realFolder = reading?.ok === true && reading.value.type === 'present' ? reading.value.real : folder;
  const byText = posix.resolve(realFolder, link.target) === posix.resolve(wanted);
  return byText || (link.resolved !== null && link.resolved === realOf(observed, wanted));
}

function realOf(observed: Observed, path: string): string | null {
  const reading = observed.directories[path];
  return reading?.ok === true && reading.value.type === 'present' ? reading.value.real : null;
}

/** A path as one word of a POSIX shell. */
export function shellWord(path: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
