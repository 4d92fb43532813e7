import { parseDocument } from 'yaml';
import { splitTask } from '../queue/split.ts';

/**
 * The text of a task with these keys in its frontmatter, over what it says itself; null keys are left as they are.
 * The body stays as it is, byte for byte. A text whose frontmatter is no YAML comes back unchanged: whoever reads it
 * says what is wrong.
 */
export function withKeys(text: string, keys: Readonly<Record<string, string | null>>): string {
  const given = Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== null);
  const parts = splitTask(text);
  if (given.length === 0 || !parts.ok) return text;
  // All values are text, as in a task that is read: `0042` stays what it is.
  const document = parseDocument(parts.frontmatter.replaceAll('\r\n', '\n'), { schema: 'failsafe' });
  if (document.errors.length > 0) return text;
  for (const [key, value] of given) document.set(key, value);
  return `---\n${document.toString({ lineWidth: 0 })}---\n${parts.body}`;
}

/** A file's name, without `.md`, made of a task's title or text: `fix-the-login`. */
export function nameFrom(title: string | null, body: string): string {
  const line = title ?? body.split('\n').find((each) => /[\p{L}\p{N}]/u.test(each)) ?? '';
  const words = line
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  const short = words.slice(0, LONGEST);
  // Whole words, where there are several.
  const name = short.length < words.length ? short.replace(/-[^-]*$/, '') : short;
  return name.replace(/-$/, '') || 'task';
}

const LONGEST = 40;
