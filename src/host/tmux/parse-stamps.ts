import type { PaneScreen, TmuxStamps } from '../../model/host.ts';
import { group, odd, type Parsed } from './parsed.ts';

type Sessions = Record<string, Readonly<Record<string, string>>>;
type Screens = Record<string, PaneScreen>;

/** The answer to `stampsQuery(ids, panes, mark)`. Never throws. */
export function parseStamps(out: string, mark: string): Parsed<TmuxStamps> {
  const [before, global = '', ...parts] = out.split(mark);
  const server = /^G (\d+) (\d+)\n/.exec(global);
  if (before !== '' || server === null || parts.at(-1) !== 'E\n') return odd('torn stamps');
  const sessions: Sessions = {};
  const screens: Screens = {};
  // What was printed in front of the next mark: options, or a screen.
  let printed = stripped(parts[0] ?? '', 'S\n');
  for (let at = 1; at < parts.length - 1; ) {
    const rest = parts.slice(at, at + SCREEN_PARTS);
    const read =
      printed === null ? null : (session(rest, printed, sessions) ?? screen(rest, printed, screens));
    if (read === null) return odd('options or a screen without their session or pane');
    printed = read.next;
    at += read.parts;
  }
  if (printed !== '') return odd('something behind the last session and pane');
  const incarnation = { pid: Number(server[1]), startTime: Number(server[2]) };
  return {
    ok: true,
    value: { incarnation, sessions, inherited: /^@rollcall_/m.test(global), screens },
  };
}

interface Read {
  /** How many parts it took. */
  readonly parts: number;
  /** What was printed behind it, belonging to the next. */
  readonly next: string;
}

function session(parts: readonly string[], printed: string, into: Sessions): Read | null {
  const proof = /^I (\$\d+|) (\d+)\n/.exec(parts[0] ?? '');
  if (proof === null) return null;
  // tmux answers for another session, or none, where the one asked for has gone.
  if (proof[1] === `$${group(proof, 2)}`) into[group(proof, 1)] = ownOptions(printed);
  return { parts: 1, next: proof.input.slice(proof[0].length) };
}

/** A pane's id, its title, and the end of both. */
const SCREEN_PARTS = 3;

function screen(parts: readonly string[], printed: string, into: Screens): Read | null {
  const [first = '', title, end] = parts;
  const proof = /^T (%\d+|) (\d+) (\d*) (\d*) (\w*)$/.exec(first);
  if (proof === null || title === undefined || !end?.startsWith('N\n')) return null;
  // As with sessions: proved only where it is still the pane asked for.
  if (proof[1] === `%${group(proof, 2)}`) into[group(proof, 1)] = paneScreen(proof, printed, title);
  return { parts: SCREEN_PARTS, next: end.slice('N\n'.length) };
}

function paneScreen(proof: RegExpExecArray, printed: string, title: string): PaneScreen {
  const cursor = { x: Number(proof[3]), y: Number(proof[4]) };
  return { text: withoutLast(printed), title, cursor, stays: proof[5] === 'on' };
}

/** Without the newline that ends a print. */
function withoutLast(printed: string): string {
  return printed.endsWith('\n') ? printed.slice(0, -1) : printed;
}

function ownOptions(text: string): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const found = /^(@rollcall_[a-z_]+)(?: (.*))?$/s.exec(line);
    if (found !== null) options[group(found, 1)] = unquoted(found[2] ?? '');
  }
  return options;
}

/**
 * An option's value as `show-options` prints it. tmux quotes as it sees fit, each version a little differently;
 * the values we write need only their quotes and backslashes off. Anything else stays as printed, which is no
 * value of ours.
 */
function unquoted(printed: string): string {
  const inner = /^"(.*)"$/s.exec(printed)?.[1] ?? /^'(.*)'$/s.exec(printed)?.[1] ?? printed;
  const plain = inner.replaceAll(/\\([$%~#;])/g, '$1');
  return /^[A-Za-z0-9_.:%$/-]*$/.test(plain) ? plain : printed;
}

function stripped(text: string, prefix: string): string | null {
  return text.startsWith(prefix) ? text.slice(prefix.length) : null;
}
