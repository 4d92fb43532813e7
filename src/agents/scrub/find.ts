import { TOKENS } from '../../model/secret-shapes.ts';

/** What is hidden, in words for people. */
export type Hidden = 'secret' | 'token' | 'e-mail' | 'path' | 'name' | 'id' | 'address';

/**
 * Whether its end can be told. `open`: it would take the first word of the row behind it, too. `guess`: and it is but
 * taken for one because nobody writes like that.
 */
export type End = 'told' | 'open' | 'guess';

/** A stretch of a text that must not be shown, in UTF-16 units. */
export interface Found {
  readonly from: number;
  readonly to: number;
  /** From where to where goes what tells that it is one. */
  readonly told: readonly [from: number, to: number];
  readonly what: Hidden;
  readonly end: End;
}

/** What is known of who sits there, beside what can be told by its shape. */
export interface Known {
  /** Users, hosts, accounts, projects: hidden where they stand as whole words, in capitals or not. */
  readonly words: readonly string[];
  /** Values of secrets: hidden where eight characters of one stand, for programs show only an end of it. */
  readonly secrets: readonly string[];
  /** Absolute: hidden with all that is below. */
  readonly folders: readonly string[];
  /** Words that are left as they are, whatever says otherwise. */
  readonly kept: readonly string[];
  /** False: what is known only by its shape stays. Left out: it is hidden. */
  readonly shapes?: boolean;
}

/** Everything in one text that must not be shown. */
export type Finder = (text: string) => readonly Found[];

/** A finder for what is known and for all known shapes. */
export function finderOf(known: Known): Finder {
  const kept = new Set(known.kept.map((word) => word.toLowerCase()));
  const words = [...new Set(known.words.map((word) => word.normalize('NFC')))].filter(
    (word) => word.length > 1 && !kept.has(word.toLowerCase()),
  );
  const patterns: readonly Pattern[] = [
    ...(known.shapes === false ? [] : SHAPES),
    ...known.folders
      .filter(isTelling)
      .map((folder) => ({ what: 'path' as const, end: 'open' as const, match: folderPattern(folder) })),
    ...words.map((word) => ({ what: 'name' as const, match: wordPattern(word) })),
  ];
  const pieces = piecesOf(known.secrets);
  return (text) =>
    [...secretsIn(text, pieces), ...patterns.flatMap((pattern) => matchesOf(text, pattern))].filter(
      ({ from, to }) => !kept.has(text.slice(from, to).toLowerCase()),
    );
}

interface Pattern {
  readonly what: Hidden;
  /** Left out: `told`. */
  readonly end?: End;
  /** Global; where it has a group `hide`, only that is hidden. */
  readonly match: RegExp;
}

/** What ends a path in running text, or a box around it. */
const IN_PATH = String.raw`[^\s'"\u0060<>|\u2500-\u259f()\[\]{},;]`;

const SHAPES: readonly Pattern[] = [
  { what: 'id', match: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}(?:-[0-9a-f]{1,12}){0,2}/gi },
  { what: 'id', match: /\b[0-9a-f]{32,}\b/gi },
  {
    what: 'id',
    end: 'open',
    match: /\b(?:ses|msg|req|prt|toolu|call|resp|org|user|acct|cus|sub|proj)_(?<hide>[A-Za-z0-9]{8,})/g,
  },
  { what: 'token', end: 'open', match: TOKENS },
  { what: 'token', match: /\b[a-z][a-z0-9+.-]{0,20}:\/\/(?<hide>[^\s/:@]{1,200}:[^\s/@]{1,200})@/g },
  { what: 'token', end: 'open', match: /\b(?:Bearer|Basic)\s*(?<hide>[A-Za-z0-9._~+/=-]{8,})/g },
  {
    what: 'token',
    end: 'open',
    match:
      /(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|credentials?|authorization|_key)["']?[ \t]{0,9}[:=][ \t]{0,9}["']?(?<hide>(?=[^\s"']*\d)[^\s"'│]{6,})/gi,
  },
  { what: 'token', match: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?<hide>.*?)(?:-----END|$)/gs },
  // Nothing that a person wrote is as long and as mixed.
  {
    what: 'token',
    end: 'guess',
    match:
      /(?<![\w-])(?:(?:ses|msg|req|prt|toolu|call|resp|org|user|acct|cus|sub|proj)_)?(?<hide>(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{24,})/g,
  },
  {
    what: 'token',
    end: 'guess',
    match: /(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40,}={0,2}/g,
  },
  {
    what: 'e-mail',
    end: 'open',
    match: /[\w.%+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){0,5}(?:\.[A-Za-z]{2,24}|…)/g,
  },
  {
    what: 'path',
    end: 'open',
    match: new RegExp(
      String.raw`(?:/(?:home|Users|root)/|(?<![\w~])~(?:/|(?=[a-z])))(?<hide>${IN_PATH}+)`,
      'g',
    ),
  },
  { what: 'address', match: /(?<![\d.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g },
];

/** Folders that every machine has say nothing of this one. */
function isTelling(folder: string): boolean {
  return (
    folder.startsWith('/') && !/^\/(?:root|home|tmp|usr|var|opt|srv|etc|mnt|media|Users)?\/?$/.test(folder)
  );
}

function folderPattern(folder: string): RegExp {
  const plain = folder.replace(/\/+$/, '');
  const shown = /^\/(?:home|Users|root)\//.exec(plain)?.[0] ?? '';
  return new RegExp(
    String.raw`${escaped(shown)}(?<hide>${wrapping(plain.slice(shown.length))}(?:/${IN_PATH}*)?)(?![\w-])`,
    'g',
  );
}

function wordPattern(word: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${wrapping(word)}(?![\p{L}\p{N}])`, 'giu');
}

/** A literal text; where it has a blank, a row may have ended. */
function wrapping(text: string): string {
  return escaped(text).replaceAll(' ', String.raw`\s*`);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function matchesOf(text: string, { what, match, end = 'told' }: Pattern): readonly Found[] {
  return [...text.matchAll(match)].map((found) => {
    const hide = found.groups?.['hide'] ?? found[0];
    const from = found.index + found[0].lastIndexOf(hide);
    return { from, to: from + hide.length, told: [found.index, found.index + found[0].length], what, end };
  });
}

/** Of a secret as many characters tell it. */
const PIECE = 8;
const SHORTEST_SECRET = 4;

interface Pieces {
  readonly short: readonly string[];
  readonly long: ReadonlySet<string>;
}

function piecesOf(secrets: readonly string[]): Pieces {
  const lines = secrets
    .flatMap((secret) => secret.split(/\s+/))
    .filter((line) => line.length >= SHORTEST_SECRET);
  const long = new Set<string>();
  for (const line of lines) {
    for (let at = 0; at + PIECE <= line.length; at += 1) long.add(line.slice(at, at + PIECE));
  }
  return { short: lines.filter((line) => line.length < PIECE), long };
}

function secretsIn(text: string, { short, long }: Pieces): readonly Found[] {
  const found: Found[] = [];
  const add = (from: number, to: number): void => {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to && from >= last.from)
      found[found.length - 1] = { ...last, to, told: [last.from, to] };
    else found.push({ from, to, told: [from, to], what: 'secret', end: 'told' });
  };
  if (long.size > 0) {
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      if (long.has(text.slice(at, at + PIECE))) add(at, at + PIECE);
    }
  }
  for (const secret of short) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1))
      add(at, at + secret.length);
  }
  return found;
}
