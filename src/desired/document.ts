import { Composer, type CST, type Document, Lexer, Parser, type YAMLError } from 'yaml';
import { type Finding, wrongText } from './finding.ts';
import { syntaxFindings } from './syntax.ts';
import type { Written } from './tree.ts';
import { type Places, walkDocument } from './walk.ts';

/** One YAML document, read. */
export interface WrittenDocument {
  /** Its value is undefined where the text is no YAML. */
  readonly root: Written;
  readonly places: Places;
  readonly findings: readonly Finding[];
  /** Whether the text is YAML, so that what it says is worth checking. */
  readonly readable: boolean;
}

/** Parses plain text (`plainText`). Takes time linear in the text and never throws for what it holds. */
export function parseDocument(plain: string, lineAt: (offset: number) => number): WrittenDocument {
  const parsed = compose(plain);
  if (parsed.document === null) return unreadable(parsed.findings);
  const errors: YAMLError[] = [...parsed.document.errors, ...parsed.document.warnings];
  const syntax = [...parsed.findings, ...syntaxFindings(errors, lineAt)];
  const walked = walkDocument(parsed.document.contents);
  return {
    root: { path: '', value: walked.value },
    places: walked.places,
    findings: [...syntax, ...walked.findings],
    readable: syntax.length === 0,
  };
}

/**
 * More lexemes than this and the file is refused: the parser needs up to 20 µs for each of hostile ones, and an
 * honest file of 256 KiB is mostly comments and has fewer.
 */
export const MAX_LEXEMES = 12_000;

interface Composed {
  readonly document: Document | null;
  readonly findings: readonly Finding[];
}

function compose(plain: string): Composed {
  const budget = { left: MAX_LEXEMES };
  // Duplicate keys are found in walk.ts: the parser's own check takes quadratic time.
  const composer = new Composer({
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
    schema: 'core',
    merge: false,
    logLevel: 'silent',
  });
  let document: Document | null = null;
  for (const next of composer.compose(tokens(plain, budget), true, plain.length)) {
    if (document !== null) return { document, findings: [secondDocument(next.range[0])] };
    document = next;
  }
  return budget.left < 0 ? { document: null, findings: [tooMuch()] } : { document, findings: [] };
}

function* tokens(plain: string, budget: { left: number }): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(plain)) {
    budget.left -= 1;
    if (budget.left < 0) return;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

function secondDocument(offset: number): Finding {
  return wrongText(
    'second-document',
    [offset, offset + 3],
    'a second YAML document begins here',
    'one file holds one fleet: remove the --- line and what follows it',
  );
}

function tooMuch(): Finding {
  return wrongText(
    'too-large',
    [0, 0],
    `the file has more than ${String(MAX_LEXEMES)} words and marks, more than are read`,
    'is it the right file?',
  );
}

function unreadable(findings: readonly Finding[]): WrittenDocument {
  const root = { path: '', value: undefined };
  return { root, places: new Map(), findings, readable: false };
}
