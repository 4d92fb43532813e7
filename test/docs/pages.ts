import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files that git has, or would take, by their path from the checkout's top. */
export function projectFiles(): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}

/** The pages people read. */
export function pages(): readonly string[] {
  return projectFiles().filter((file) => /^(docs\/)?[^/]+\.md$/.test(file));
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Text below a heading of that name, up to the next heading of the same or a higher level. */
export function section(page: string, heading: string): string {
  const lines = textOf(page).split('\n');
  const start = lines.findIndex((line) => headingOf(line) === heading);
  if (start === -1) throw new Error(`${page} has no heading ${heading}`);
  const level = levelOf(lines[start] ?? '');
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => headingOf(line) !== null && levelOf(line) <= level);
  return (end === -1 ? rest : rest.slice(0, end)).join('\n');
}

/** Names of the headings of one level, in order. */
export function headings(page: string, level: number): readonly string[] {
  return prose(textOf(page))
    .split('\n')
    .flatMap((line) => (levelOf(line) === level ? [headingOf(line) ?? ''] : []));
}

/** Rows of the tables in a text, without heads, cells without padding; `\|` stays. */
export function rows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const heads = new Set(lines.flatMap((line, i) => (isRule(line) ? [i - 1, i] : [])));
  return lines
    .filter((_, i) => !heads.has(i))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** First cells of the tables in a section, without backticks. */
export function firstCells(page: string, heading: string): readonly string[] {
  return rows(section(page, heading)).map(([cell = '']) => cell.replaceAll('`', ''));
}

/** What a text shows as code: spans, and each line of its fenced blocks. */
export function code(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const spans = [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...blocks, ...spans];
}

/** The text without its fenced blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^```.*\n[\s\S]*?^```/gm, '');
}

/** As GitHub names the anchor of a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function headingOf(line: string): string | null {
  return /^#+ +(.*)$/.exec(line)?.[1]?.replaceAll('`', '').trim() ?? null;
}

function levelOf(line: string): number {
  return /^(#+) /.exec(line)?.[1]?.length ?? 0;
}

function isRule(line: string): boolean {
  return /^\|[ :|-]+\|$/.test(line);
}
