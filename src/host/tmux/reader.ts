import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { TmuxAnswer, TmuxReader } from '../../model/host.ts';
import { parseListing } from './parse.ts';
import type { Parsed } from './parsed.ts';
import { parseStamps } from './parse-stamps.ts';
import { listQuery, stampsQuery } from './query.ts';
import { type Ran, runTmux } from './run.ts';
import type { TmuxClient } from './client.ts';

/** Reads the server behind the client's socket; starts none, changes nothing, not even a folder. */
export function tmuxReader(client: TmuxClient): TmuxReader {
  return {
    socket: client.socket,
    list: () => ask(client, listQuery, parseListing),
    stamps: (ids, panes = []) => ask(client, (mark) => stampsQuery(ids, panes, mark), parseStamps),
  };
}

async function ask<T>(
  client: TmuxClient,
  query: (mark: string) => string,
  parse: (out: string, mark: string) => Parsed<T>,
): Promise<TmuxAnswer<T>> {
  // tmux would make the folder of named sockets.
  if (client.folder !== null && !existsSync(client.folder)) return { type: 'no-server' };
  const mark = randomBytes(16).toString('hex');
  const ran = await runTmux([...client.flags, '-N', 'source-file', '-'], query(mark), client);
  return ran.type === 'ended' ? answer(ran, (out) => parse(out, mark)) : ran;
}

function answer<T>(ran: Extract<Ran, { type: 'ended' }>, parse: (out: string) => Parsed<T>): TmuxAnswer<T> {
  if (ran.out === '' && saysNoServer(ran.err)) return { type: 'no-server' };
  const complaints = ran.err.split('\n').filter((line) => line !== '' && !EXPECTED.test(line));
  if (complaints.length > 0) return { type: 'error', text: complaints.join('; ').slice(0, 500) };
  const parsed = parse(ran.out);
  return parsed.ok ? { type: 'ok', value: parsed.value } : { type: 'error', text: parsed.text };
}

/** A server without sessions has no current target; what has gone is missing from the answer itself. */
const EXPECTED =
  /^(?:no current target|no such session: \$\d+|can't find session: \$\d+|can't find pane: %\d+)$/;

/** Only tmux's own words for "nobody listens there". */
export function saysNoServer(err: string): boolean {
  return /^(?:no server running on [^\n]*|error connecting to [^\n]* \((?:No such file or directory|Connection refused)\))\n?$/.test(
    err,
  );
}
