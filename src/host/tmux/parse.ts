import { constants } from 'node:os';
import type { ListedPane, ListedSession, TmuxListing } from '../../model/host.ts';
import { group, odd, type Parsed } from './parsed.ts';

/** A pane's numbers and its five foreign texts. */
const ROW_PARTS = 6;

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
    const row = paneRow(rest.slice(at, at + ROW_PARTS));
    if (row === null) return odd('a line that is no pane and no client');
    sessions[row.session.id] = withPane(sessions[row.session.id] ?? row.session, row.pane);
    at += ROW_PARTS;
  }
  const every = group(server, 3).split(' ').slice(0, -1);
  if (!every.every((id) => Object.hasOwn(sessions, id)) || every.length !== Object.keys(sessions).length) {
    return odd('not every session was listed');
  }
  const incarnation = { pid: Number(server[1]), startTime: Number(server[2]) };
  return { ok: true, value: { incarnation, sessions: withKeys(sessions, lastKeys) } };
}

function paneRow(parts: readonly string[]): { session: ListedSession; pane: ListedPane } | null {
  const [fields, name, command, cwd, owner, fence] = parts;
  if (name === undefined || command === undefined || cwd === undefined || owner === undefined) return null;
  const of = /^P (\$\d+) (%\d+) (\d+) (\d+) (\d+) ([01]?) (\d*) (\w*) (\d*) ([01]?) ([01]?)$/.exec(
    fields ?? '',
  );
  if (!fence?.endsWith('\n')) return null;
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
    inputOdd: of[10] !== '0' || of[11] !== '0',
    shownOwner: owner,
    shownFence: fence.slice(0, -1),
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

/** tmux prints a number where the C library has no names for signals, else `KILL` or `SIGKILL`. */
function signalNumber(printed: string): number | null {
  if (printed === '') return null;
  if (/^\d+$/.test(printed)) return Number(printed);
  const name = `SIG${printed.toUpperCase().replace(/^SIG/, '')}`;
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? null;
}
