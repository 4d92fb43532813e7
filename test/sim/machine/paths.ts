import type { FileAnswer } from '../../../src/model/host.ts';
import type { Files } from './world.ts';

type Walked = { readonly type: 'ok'; readonly real: string } | Extract<FileAnswer<never>, { type: 'error' }>;

/** As Linux: more links than these on one way are a loop. */
const MOST_LINKS = 40;

/** Where a path leads, links on the way followed, and the last one too where `through`. What is there may be nothing. */
export function walk(files: Files, path: string, through: boolean, links = 0): Walked {
  if (path === '' || path === '/') return { type: 'ok', real: '' };
  const parent = walk(files, parentOf(path), true, links);
  if (parent.type === 'error') return parent;
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.length > LONGEST_NAME) return failed('ENAMETOOLONG', path);
  const real = `${parent.real}/${name}`;
  const above = parent.real === '' ? null : files[parent.real];
  if (above !== null && above !== undefined && above.type !== 'directory') return failed('ENOTDIR', path);
  const node = files[real];
  if (node?.type !== 'link' || !through) return { type: 'ok', real };
  if (links >= MOST_LINKS) return failed('ELOOP', path);
  const to = node.to.startsWith('/') ? node.to : `${parent.real}/${node.to}`;
  return walk(files, to, true, links + 1);
}

const LONGEST_NAME = 255;

/** The real path of what is there, links followed; null: nothing is. */
export function resolved(files: Files, path: string): string | null {
  const found = walk(files, path, true);
  return found.type === 'ok' && (found.real === '' || files[found.real] !== undefined) ? found.real : null;
}

export function failed(code: string, path: string): Extract<FileAnswer<never>, { type: 'error' }> {
  return { type: 'error', code, text: `${code}: ${path}` };
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
