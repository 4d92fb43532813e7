import { isPlain, shown } from './plain.ts';

/** The id of the task in `file` where its frontmatter gives none; null: nothing of the name can be in an id. */
export function taskId(file: string): string | null {
  const id = stemOf(file)
    .replaceAll(/[^A-Za-z0-9._-]/gu, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return id === '' ? null : id;
}

/** Why a file of this name can be no task, and what to do; null: it can be one. */
export function badName(file: string): string | null {
  if (!file.endsWith('.md') || file.startsWith('.') || file.includes('/')) {
    return `"${shown(file)}" is not the name of a task: it ends in .md and does not begin with a dot`;
  }
  if (!isPlain(file)) {
    return `the file's name "${shown(file)}" holds control characters or is not UTF-8; rename it`;
  }
  const bytes = Buffer.byteLength(file);
  return bytes <= LONGEST ? null : `the file's name has ${String(bytes)} bytes, at most 200; rename it`;
}

// So that `<stem>@<attempt>.md` and `<name>.reason` are names a file system takes, too.
const LONGEST = 200;

function stemOf(file: string): string {
  return file.endsWith('.md') ? file.slice(0, -'.md'.length) : file;
}
