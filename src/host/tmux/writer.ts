import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActResult, TmuxWriter } from '../../model/host.ts';
import type { TmuxClient } from './client.ts';
import { guardedLine, plainLine } from './command.ts';
import { saysNoServer } from './reader.ts';
import { type Ran, runTmux } from './run.ts';

interface Tokens {
  readonly done: string;
  readonly refused: string;
}

/** Acts on the server behind the client's socket. A timeout is `unknown`: the server may still do it. */
export function tmuxWriter(client: TmuxClient): TmuxWriter {
  return {
    async act(guard, commands) {
      const tokens = newTokens();
      const line = guardedLine(guard, commands, tokens);
      return result(await runTmux([...client.flags, '-N', 'source-file', '-'], line, client), tokens);
    },
    async actOnNewServer(commands) {
      const tokens = newTokens();
      const line = plainLine(commands, tokens.done);
      const outside = client.startOutside === null ? null : await client.startOutside(client);
      if (client.startOutside !== null && outside === null) return onServerOutside(client, line, tokens);
      const args = [...client.flags, 'start-server', ';', 'source-file', '-'];
      const first = await runTmux(args, line, client);
      return retried(() => runTmux(args, line, client), first, tokens);
    },
  };
}

/** systemd has started it; it opens its socket a moment later, and nobody but us may be the second to start one. */
async function onServerOutside(client: TmuxClient, line: string, tokens: Tokens): Promise<ActResult> {
  const args = [...client.flags, '-N', 'source-file', '-'];
  for (let tries = 0; tries < 60; tries += 1) {
    const ran = await runTmux(args, line, client);
    if (ran.type !== 'ended' || !saysNoServer(ran.err)) return result(ran, tokens);
    await sleep(50);
  }
  return { type: 'failed', text: 'systemd has started a tmux server, but it does not answer at its socket' };
}

/** Milliseconds to wait for a server that was just going away when we came. */
const PAUSES = [50, 100, 200, 400];

/**
 * A server that ends while we connect says so and has done nothing, mostly. What a second try finds there already
 * may have been the first one's doing, so that is `unknown`.
 */
async function retried(again: () => Promise<Ran>, first: Ran, tokens: Tokens): Promise<ActResult> {
  let ran = first;
  for (const pause of PAUSES) {
    if (ran.type !== 'ended' || !isLost(ran)) break;
    await sleep(pause);
    ran = await again();
  }
  const end = result(ran, tokens);
  return ran !== first && end.type === 'refused' ? { type: 'unknown', text: end.text } : end;
}

function result(ran: Ran, tokens: Tokens): ActResult {
  if (ran.type === 'timeout') return { type: 'unknown', text: 'tmux did not answer in time' };
  if (ran.type === 'error') return { type: 'failed', text: ran.text };
  if (ran.out.includes(tokens.done)) return { type: 'applied' };
  if (ran.out.includes(tokens.refused))
    return { type: 'refused', text: 'the world moved since it was looked at' };
  const text = complaint(ran.err);
  if (saysNoServer(ran.err)) return { type: 'refused', text };
  // Neither done nor refused nor a word why: the server went away, or we were cut off.
  if (isLost(ran) || text === '') return { type: 'unknown', text: text === '' ? 'tmux said nothing' : text };
  return { type: MOVED.test(text) ? 'refused' : 'failed', text };
}

/** What tmux says went wrong, at most 500 characters; empty: nothing. */
function complaint(err: string): string {
  const first = err.replaceAll(NO_BUFFER, '').trim();
  return (first === '' && err.trim() !== '' ? 'there is nothing to paste' : first).slice(0, 500);
}

/** Follows from whatever went wrong before, or is said of a buffer that has gone as it should. */
const NO_BUFFER = /^unknown buffer: rollcall-.*\n?/gm;

/** tmux's words for a thing that is there already or not there any more. */
const MOVED =
  /^(?:duplicate session|can't find (?:session|window|pane)|no such (?:session|window|pane)|pane .* still active|respawn pane failed: pane .* still active)/m;

function isLost(ran: Extract<Ran, { type: 'ended' }>): boolean {
  return /server exited|lost server/.test(ran.err);
}

function newTokens(): Tokens {
  return { done: randomBytes(16).toString('hex'), refused: randomBytes(16).toString('hex') };
}
