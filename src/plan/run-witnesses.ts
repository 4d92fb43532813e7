import type { HookFact, ObservedRun, TranscriptFact } from '../model/run.ts';

/** What one witness says an agent is doing, and when it said so (epoch milliseconds). */
export interface Witness {
  readonly source: 'registry' | 'hook' | 'transcript' | 'screen' | 'process';
  readonly says: string;
  readonly at: number;
}

/** How the turn stands by the agent's own records since it was last started; null: they do not tell. */
export interface TurnEvidence {
  readonly type: 'open' | 'ended' | 'failed' | 'interrupted';
  readonly by: 'hook' | 'transcript';
  readonly at: number;
  readonly quota: boolean;
  readonly detail: string;
}

/**
 * The latest word of hooks and transcript on the turn, of those younger than `since`. A hook beats a transcript
 * that says something else: the transcript's last line may be on its way to the disk.
 */
export function turnOf(run: ObservedRun, since: number, now: number): TurnEvidence | null {
  const { facts } = run;
  const { transcript } = facts;
  const hook = facts.hooks.findLast((each) => each.at >= since && TURN_EVENTS.includes(each.event));
  const told = transcript !== null && transcript.turn !== null && transcript.at >= since;
  if (hook !== undefined && !(told && isOutdated(hook, transcript))) {
    return hookTurn(hook, isUntoldBy(hook, run, now));
  }
  if (!told || transcript.turn === null) return null;
  return {
    type: transcript.turn,
    by: 'transcript',
    at: transcript.at,
    quota: transcript.error === 'quota',
    detail: transcript.error ?? transcript.turn,
  };
}

/** No hook is fired when somebody presses Escape, and one can get lost: what was written well after it then counts. */
function isOutdated(hook: HookFact, transcript: TranscriptFact): boolean {
  // A hook may not know why the turn failed; the transcript does, a moment later.
  if (hook.event === 'turn-failed') return transcript.turn === 'failed';
  if (hook.event !== 'prompted' || transcript.turn === 'open') return false;
  return transcript.at >= hook.at + (transcript.turn === 'interrupted' ? 0 : LATE_MS);
}

const LATE_MS = 2_000;

const TURN_EVENTS: readonly string[] = ['prompted', 'turn-ended', 'turn-failed'];

/**
 * So long the transcript has to say what a hook says or does not know. It is written behind the hook: an agent that is
 * ended before leaves a conversation without its end, or none at all to go on with.
 */
const UNTOLD_MS = 5_000;

/** Whether a turn failed and its transcript does not say so yet, but may. */
export function isUntold(run: ObservedRun, now: number): boolean {
  const last = run.facts.hooks.at(-1);
  return last !== undefined && isUntoldBy(last, run, now);
}

function isUntoldBy({ event, error, at }: HookFact, { facts, agent }: ObservedRun, now: number): boolean {
  if (event !== 'turn-failed' || at + UNTOLD_MS <= now || facts.transcript?.turn === 'failed') return false;
  // Of one that has ended nothing more comes: what its hook knows is enough.
  return error === null || agent?.alive === true;
}

function hookTurn({ event, at, error, background }: HookFact, isUntoldYet: boolean): TurnEvidence {
  const by = 'hook';
  if (isUntoldYet) {
    const detail = 'a turn failed, and its transcript does not say so yet';
    return { type: 'open', by, at, quota: false, detail };
  }
  if (event === 'turn-failed') {
    return { type: 'failed', by, at, quota: error === 'quota', detail: error ?? 'a turn failed' };
  }
  // A turn is not over while something of it still runs in the background.
  if (event === 'turn-ended' && background === 0) {
    return { type: 'ended', by, at, quota: false, detail: 'its turn ended' };
  }
  const detail = event === 'prompted' ? 'it took a prompt' : `${String(background)} in the background`;
  return { type: 'open', by, at, quota: false, detail };
}

/** Everything that was said about an agent, newest first. */
export function witnessesOf({ facts, agent, exit }: ObservedRun, now: number): readonly Witness[] {
  const { registry, hooks, transcript, screen } = facts;
  const hook = hooks.at(-1);
  const found: Witness[] = [];
  if (registry !== null) {
    const what = registry.waitingFor === null ? '' : ` (${registry.waitingFor})`;
    found.push({ source: 'registry', says: `${registry.status}${what}`, at: registry.at });
  }
  if (hook !== undefined) {
    const what = hook.error === null ? '' : ` (${hook.error})`;
    found.push({ source: 'hook', says: `${hook.event}${what}`, at: hook.at });
  }
  if (transcript !== null && transcript.turn !== null) {
    const what = transcript.error === null ? '' : ` (${transcript.error})`;
    found.push({ source: 'transcript', says: `turn ${transcript.turn}${what}`, at: transcript.at });
  }
  if (screen !== null) {
    const { state, rule } = screen.verdict;
    found.push({ source: 'screen', says: `${state} (${rule})`, at: screen.at });
  }
  if (exit !== null) {
    const how = exit.signal === null ? `code ${String(exit.code)}` : exit.signal;
    found.push({ source: 'process', says: `ended with ${how}`, at: exit.at });
  } else if (agent !== null) {
    const says = `pid ${String(agent.pid)} ${agent.alive ? 'lives' : 'is gone'}`;
    found.push({ source: 'process', says, at: now });
  }
  return found.toSorted((a, b) => b.at - a.at);
}
