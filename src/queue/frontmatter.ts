import { isMap, isScalar, Lexer, LineCounter, type Pair, parseDocument, type YAMLError } from 'yaml';
import { shown } from './plain.ts';
import { type Refusal, refused } from './refusal.ts';
import { readKeys, type TaskKeys } from './task-keys.ts';
import { isNull, type Problem, type TaskContext, type Written } from './written.ts';

/**
 * What a task's frontmatter says: one YAML 1.2 map of scalars. `malformed` where it is none, or says something that
 * means nothing; the detail has a row for each mistake, with its line in the file.
 */
export function readFrontmatter(
  frontmatter: string,
  context: TaskContext,
): { readonly ok: true; readonly keys: TaskKeys } | Refusal {
  if (frontmatter.length > MOST_CHARACTERS) return refused('malformed', TOO_LONG);
  if (hasTooManyLexemes(frontmatter)) return refused('malformed', TOO_MUCH);
  const { written, problems } = writtenIn(frontmatter);
  const read = readKeys(written, context);
  const all = [...problems, ...read.problems];
  return all.length === 0 ? { ok: true, keys: read.keys } : refused('malformed', inRows(all));
}

const MOST_CHARACTERS = 16 * 1024;

// Hostile lexemes take the parser up to 40 µs each; a frontmatter with every key and a comment on each has under 100.
const MOST_LEXEMES = 500;

const TOO_LONG = 'the frontmatter has more than 16 KiB; the task itself belongs below it';

const TOO_MUCH = `the frontmatter has more than ${String(MOST_LEXEMES)} words and marks; the task itself belongs below it`;

function hasTooManyLexemes(text: string): boolean {
  let count = 0;
  for (const _ of new Lexer().lex(text)) {
    count += 1;
    if (count > MOST_LEXEMES) return true;
  }
  return false;
}

interface Found {
  readonly written: ReadonlyMap<string, Written>;
  readonly problems: readonly Problem[];
}

function writtenIn(text: string): Found {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  // The frontmatter begins on line 2 of the file.
  const lineAt = (offset: number): number => lines.linePos(offset).line + 1;
  const wrong = [...document.errors, ...document.warnings].map((error) => ({
    line: lineAt(error.pos[0]),
    text: inWords(error),
  }));
  if (wrong.length > 0) return { written: new Map(), problems: firstOfEachLine(wrong) };
  if (document.contents === null || isNothing(document.contents)) return { written: new Map(), problems: [] };
  if (!isMap(document.contents)) return { written: new Map(), problems: [{ line: 2, text: NO_MAP }] };
  return entriesOf(document.contents.items, lineAt);
}

/** All scalars are read as text, so that `id: 0042` stays what it is; no alias, merge, tag or type means anything. */
const OPTIONS = {
  schema: 'failsafe',
  version: '1.2',
  strict: true,
  merge: false,
  // The parser's own check takes quadratic time.
  uniqueKeys: false,
  prettyErrors: false,
  // 'silent' would also be silent about a second document.
  logLevel: 'error',
} as const;

const NO_MAP = 'one "key: value" to a line belongs between the --- lines';

function isNothing(node: unknown): boolean {
  return isScalar(node) && node.type === 'PLAIN' && isNull(node.value);
}

function inWords({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second YAML document begins here; keep one';
  return `not YAML: ${shown(message, 100)}; a text with ": ", or that begins with a sign, needs quotes`;
}

/** One missing quote makes many errors. */
function firstOfEachLine(problems: readonly Problem[]): readonly Problem[] {
  const first = new Map<number, Problem>();
  for (const problem of problems) if (!first.has(problem.line)) first.set(problem.line, problem);
  return [...first.values()];
}

function entriesOf(pairs: readonly Pair[], lineAt: (offset: number) => number): Found {
  const written = new Map<string, Written>();
  const problems: Problem[] = [];
  for (const { key, value } of pairs) {
    const name = plainScalar(key);
    const line = isScalar(key) && key.range ? lineAt(key.range[0]) : 2;
    if (name === null) {
      problems.push({ line, text: 'a key must be a plain word: write "key: value"' });
    } else if (written.has(name.text)) {
      problems.push({ line, text: `"${shown(name.text)}" is there twice; keep one of the two` });
    } else {
      const scalar = value === null ? { text: '', quoted: false } : plainScalar(value);
      if (scalar === null) problems.push({ line, text: `${shown(name.text)}: ${NO_SCALAR}` });
      written.set(name.text, { ...(scalar ?? { text: '', quoted: false }), line });
    }
  }
  return { written, problems };
}

const NO_SCALAR = 'write one value, without lists, maps, anchors, aliases and tags';

function plainScalar(node: unknown): { readonly text: string; readonly quoted: boolean } | null {
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  if (node.anchor !== undefined || node.tag !== undefined) return null;
  return { text: node.value, quoted: node.type !== 'PLAIN' };
}

const MOST_ROWS = 10;

function inRows(problems: readonly Problem[]): string {
  const rows = problems
    .toSorted((one, other) => one.line - other.line)
    .map(({ line, text }) => `line ${String(line)}: ${text}`);
  const more = rows.length - MOST_ROWS;
  return [...rows.slice(0, MOST_ROWS), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n');
}
