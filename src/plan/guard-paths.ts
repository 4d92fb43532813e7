import { posix } from 'node:path';
import type { PlanInput } from '../model/plan-input.ts';

/** The real path of a folder that was seen; null: not seen, or no folder. */
export function realOf(path: string, input: PlanInput): string | null {
  const reading = input.observed.directories[path];
  return reading?.ok === true && reading.value.type === 'present' ? reading.value.real : null;
}

/** Whether a link was seen at `path` that leads to `to`, by its text or by the real place behind it. */
export function leads(path: string, to: string, input: PlanInput): boolean {
  const reading = input.observed.paths[path];
  if (reading?.ok !== true || reading.value.type !== 'link') return false;
  const { target, resolved } = reading.value;
  const folder = posix.dirname(path);
  const byText = posix.resolve(realOf(folder, input) ?? folder, target) === posix.resolve(to);
  return byText || (resolved !== null && resolved === realOf(to, input));
}

/** Whether `path` is `folder` itself or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Whether `path` is one plain name in `folder`, and nothing that climbs or hides. */
export function isNameIn(folder: string, path: string): boolean {
  const name = path.slice(folder.length + 1);
  return path === `${folder}/${name}` && name !== '' && !name.includes('/') && !name.startsWith('.');
}
