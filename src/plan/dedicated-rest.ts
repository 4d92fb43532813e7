import type { DedicatedAgent } from '../model/dedicated-agent.ts';
import type { AgentFacts } from '../model/run.ts';
import type { Hold } from './draft.ts';

/** What has just come to rest may go on by itself, when something in the background ends. */
const QUIET_MS = 10_000;

/**
 * Why an operator's agent may not be ended now: only one that rests at its empty prompt with its turn over, or that a
 * limit has stopped, may be. What its records or its screen do not tell counts against it. Null: it may.
 */
export function restHold({ facts }: DedicatedAgent, now: number): Hold | null {
  const { registry, transcript, screen } = facts;
  if (registry === null || transcript === null || screen === null)
    return notIdle('its records do not tell what it does');
  const limited = transcript.turn === 'failed' && transcript.error === 'quota';
  if (!limited && transcript.turn !== 'ended') return notIdle('its turn is not over');
  const atMenu = limited && screen.verdict.dialog === 'limit-menu';
  if (registry.status !== 'idle' && !(atMenu && registry.status === 'waiting'))
    return notIdle(`it is ${registry.status}`);
  if (atMenu) return null;
  const { verdict, box } = screen;
  if (verdict.dialog !== null || verdict.state === 'working' || verdict.state === 'waiting')
    return notIdle('its screen shows that it is not at its prompt');
  if (box === null) return notIdle('its screen shows no input box');
  if (box.text !== '' || box.pasted) return inUse('a draft is in its input box');
  return limited ? null : quietHold(facts, now);
}

function quietHold({ registry, transcript }: AgentFacts, now: number): Hold | null {
  const since = Math.max(registry?.at ?? 0, transcript?.at ?? 0);
  if (since > now || since + QUIET_MS <= now) return null;
  return { ...notIdle('it has come to rest a moment ago'), until: since + QUIET_MS };
}

function notIdle(because: string): Hold {
  return { reason: 'not-idle', because, until: null };
}

/** Somebody is at it, as far as can be told. */
export function inUse(because: string): Hold {
  return { reason: 'in-use', because, until: null };
}
