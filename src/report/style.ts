import { styleText } from 'node:util';
import { safeText } from './safe-text.ts';

/** How to print: everything a renderer may know of the terminal, the place and the time. */
export interface Style {
  readonly colour: boolean;
  /** Whether symbols outside ASCII may be printed. */
  readonly unicode: boolean;
  /** Columns. */
  readonly width: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA time zone; left out: the machine's own. */
  readonly zone?: string;
  /** The home folder, shown as `~`. */
  readonly home?: string;
}

export type ColourFlag = 'auto' | 'always' | 'never';
export const COLOUR_FLAGS: readonly ColourFlag[] = ['auto', 'always', 'never'];

export interface StreamFacts {
  readonly isTTY: boolean;
  readonly columns: number | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Style of one stream: `--color` wins over NO_COLOR, that over FORCE_COLOR, that over being a terminal. */
export function styleFor(stream: StreamFacts, env: Environment, flag: ColourFlag, now: number): Style {
  return {
    colour: colourOf(stream, env, flag),
    unicode: isUtf8(env),
    width: widthOf(stream, env),
    now,
    ...(env['HOME'] === undefined || env['HOME'] === '' ? {} : { home: env['HOME'] }),
  };
}

export type Format = Parameters<typeof styleText>[0];

/** `text` in colour where the style has colour. The text must already be safe, and mean the same without. */
export function paint(style: Style, format: Format, text: string): string {
  return style.colour ? styleText(format, text, { validateStream: false }) : text;
}

/** Foreign text, safe, and in ASCII where the terminal may know nothing else. */
export function shown(style: Style, text: string): string {
  const safe = safeText(text);
  return style.unicode ? safe : safe.replaceAll('\u2026', '...').replace(/[^\x20-\x7e]/gu, '?');
}

/** A path as a person would write it: below the home folder with `~`. */
export function shownPath(style: Style, path: string): string {
  const { home } = style;
  if (home === undefined || home === '/') return shown(style, path);
  if (path === home) return '~';
  return shown(style, path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
}

/** A sentence with paths in it, each below the home folder with `~`. Not for commands: quotes would hide the `~`. */
export function shownProse(style: Style, text: string): string {
  const { home } = style;
  if (home === undefined || home === '/') return shown(style, text);
  const escaped = home.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return shown(style, text.replaceAll(new RegExp(`(?<![^\\s("'])${escaped}(?=/|$|[\\s,;:)"'])`, 'g'), '~'));
}

/** Our own few symbols outside ASCII, and what stands for them without a UTF-8 locale. */
export function symbols(style: Style): { ellipsis: string; dot: string; dash: string; arrow: string } {
  return style.unicode
    ? { ellipsis: '…', dot: '·', dash: '–', arrow: '→' }
    : { ellipsis: '~', dot: '-', dash: '-', arrow: '->' };
}

function colourOf(stream: StreamFacts, env: Environment, flag: ColourFlag): boolean {
  if (flag !== 'auto') return flag === 'always';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  return stream.isTTY && env['TERM'] !== 'dumb';
}

/** The first of LC_ALL, LC_CTYPE and LANG that says anything decides, as in setlocale(3). */
function isUtf8(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return locale !== undefined && /utf-?8/i.test(locale);
}

const USUAL_WIDTH = 100;
const NARROWEST = 40;

function widthOf(stream: StreamFacts, env: Environment): number {
  const told = stream.columns ?? Number.parseInt(env['COLUMNS'] ?? '', 10);
  return Number.isFinite(told) && told > 0 ? Math.max(told, NARROWEST) : USUAL_WIDTH;
}
