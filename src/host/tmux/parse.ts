import { constants } from 'node:os';
import type { ListedPane, ListedSession, TmuxListing, TmuxStamps } from '../../model/host.ts';

/** What was printed, understood; or why not. Half an answer is none. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly text: string };

/** The answer to `listQuery(mark)`. Never throws. */
export function parseListing(out: string, mark: string): Parsed<TmuxListing> {
  const [before, head, ...rest] = out.split(mark);
  const server = /^H (\d+) (\d+) ((?:\$\d+ )*)\n$/.exec(head ?? '');
  if (before !== '' || server === null || rest.at(-1) !== 'E\n') return odd('torn listing');
  const sessions: Record<string, ListedSession> = {};
  const lastKeys: Record<string, number> = {};
  for (let at = 0; at < rest.length - 1; ) {
    const part = rest[at] ?? '';
    const client = /^C (\$\d+) (\d+)\n$/.exec(part);
    if (client !== null) {
      lastKeys[group(client, 1)] = Math.max(lastKeys[group(client, 1)] ?? 0, Number(client[2]));
      at += 1;
      continue;
    }
    const row = paneRow(rest.slice(at, at + 5));
    if (row === null) return odd('a line that is no pane and no client');
    sessions[row.session.id] = withPane(sessions[row.session.id] ?? row.session, row.pane);
    at += 5;
  }
  const every = group(server, 3).split(' ').slice(0, -1);
  if (!every.every((id) => Object.hasOwn(sessions, id)) || every.length !== Object.keys(sessions).length) {
    return odd('not every session was listed');
  }
  const incarnation = { pid: Number(server[1]), startTime: Number(server[2]) };
  return { ok: true, value: { incarnation, sessions: withKeys(sessions, lastKeys) } };
}

/** The answer to `stampsQuery(ids, mark)`. Never throws. */
export function parseStamps(out: string, mark: string): Parsed<TmuxStamps> {
  const parts = out.split(mark);
  if (parts[0] !== '' || parts.at(-1) !== 'E\n' || parts.length < 4) return odd('torn stamps');
  const global = parts[1] ?? '';
  const server = /^G (\d+) (\d+)\n/.exec(global);
  if (server === null) return odd('stamps without their head');
  const sessions: Record<string, Readonly<Record<string, string>>> = {};
  let own = stripped(parts[2] ?? '', 'S\n');
  for (const part of parts.slice(3, -1)) {
    const proof = /^I (\$\d+|) (\d+)\n/.exec(part);
    if (own === null || proof === null) return odd('options without their session');
    // tmux answers for another session, or none, where the one asked for has gone.
    if (proof[1] === `$${group(proof, 2)}`) sessions[group(proof, 1)] = ownOptions(own);
    own = part.slice(proof[0].length);
  }
  if (own !== '') return odd('options behind the last session');
  const incarnation = { pid: Number(server[1]), startTime: Number(server[2]) };
  return { ok: true, value: { incarnation, sessions, inherited: /^@rollcall_/m.test(global) } };
}

function paneRow(parts: readonly string[]): { session: ListedSession; pane: ListedPane } | null {
  const [fields, name, command, cwd, owner] = parts;
  if (name === undefined || command === undefined || cwd === undefined || !owner?.endsWith('\n')) return null;
  const of = /^P (\$\d+) (%\d+) (\d+) (\d+) (\d+) ([01]?) (\d*) (\w*) (\d*)$/.exec(fields ?? '');
  if (of === null) return null;
  const pane: ListedPane = {
    id: group(of, 2),
    pid: Number(of[3]),
    dead: of[6] === '1',
    deadStatus: of[7] === '' ? null : Number(of[7]),
    deadSignal: signalNumber(group(of, 8)),
    command,
    cwd,
    inMode: Number(of[9]) > 0,
    shownOwner: owner.slice(0, -1),
  };
  const session = { id: group(of, 1), name, created: Number(of[4]), attached: Number(of[5]) };
  return { session: { ...session, lastKey: null, panes: {} }, pane };
}

function withPane(session: ListedSession, pane: ListedPane): ListedSession {
  return { ...session, panes: { ...session.panes, [pane.id]: pane } };
}

function withKeys(
  sessions: Readonly<Record<string, ListedSession>>,
  lastKeys: Readonly<Record<string, number>>,
): Readonly<Record<string, ListedSession>> {
  return Object.fromEntries(
    Object.entries(sessions).map(([id, session]) => [id, { ...session, lastKey: lastKeys[id] ?? null }]),
  );
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
  return /^[A-Za-z0-9_.:%$-]*$/.test(plain) ? plain : printed;
}

/** tmux prints a number where the C library has no names for signals, else `KILL` or `SIGKILL`. */
function signalNumber(printed: string): number | null {
  if (printed === '') return null;
  if (/^\d+$/.test(printed)) return Number(printed);
  const name = `SIG${printed.toUpperCase().replace(/^SIG/, '')}`;
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? null;
}

function stripped(text: string, prefix: string): string | null {
  return text.startsWith(prefix) ? text.slice(prefix.length) : null;
}

function group(match: RegExpExecArray, index: number): string {
  return match[index] ?? '';
}

function odd(text: string): { readonly ok: false; readonly text: string } {
  return { ok: false, text: `tmux printed what we do not understand: ${text}` };
}
