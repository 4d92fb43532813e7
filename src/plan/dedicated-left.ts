import type { DedicatedAgent, StoppedAgent } from '../model/dedicated-agent.ts';
import type { DedicatedSpec } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import { isShared } from './go-on.ts';
import { lastSwap } from './quota/swaps.ts';
import { linksOf } from './usable.ts';

/** How long an agent has to end before a person is told that it does not, milliseconds. */
const GRACE_MS = 30_000;

/**
 * Why an agent in a dedicated session stays where it is for as long as nobody changes anything: not asked for, or it
 * cannot be made sure that its conversation goes on. Null: nothing is against it.
 */
export function leftHold(
  input: PlanInput,
  { onSwap }: DedicatedSpec,
  agents: readonly DedicatedAgent[],
  agent: DedicatedAgent,
  before: StoppedAgent | undefined,
): Hold | null {
  const traits = input.agents[agent.agent];
  if (onSwap === 'leave') return left('suspended', 'onSwap is leave');
  if (agents.length > 1) return left('in-use', `${String(agents.length)} agents live in it`);
  if (agent.conversation === null || !UUID.test(agent.conversation))
    return left('no-conversation', 'its conversation is not known, or its id is no UUID');
  if (traits?.resumes !== true || agent.homeVariable === null || agent.cwd === null)
    return left('agent-unknown', 'its profile does not say how its conversation goes on');
  if (agent.commandLine.problem !== null) return left('agent-unknown', agent.commandLine.problem);
  if (!isShared(input, agent.agent) || linksOf(input, agent.account ?? '') !== 'intact')
    return left('not-shared', `its conversation cannot be reached from another account's home`);
  return placeHold(agent) ?? toldBefore(input, agent, before);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function placeHold({ place, commandLine, cwd }: DedicatedAgent): Hold | null {
  if (place.type === 'other')
    return left('agent-unknown', 'it was started by something else than your shell');
  if (place.type === 'shell')
    return commandLine.typeable ? null : left('agent-unknown', 'its command line cannot be typed as one row');
  if (!place.stays) return left('agent-unknown', 'its pane would go with it, for remain-on-exit is off');
  // tmux would expand it.
  return cwd?.includes('#') === true ? left('agent-unknown', 'its folder has a # in its name') : null;
}

/** Nobody is told twice: somebody wants it under that account, or it does not end. */
function toldBefore(
  input: PlanInput,
  { pid, start, account, conversation, agent }: DedicatedAgent,
  before: StoppedAgent | undefined,
): Hold | null {
  if (before === undefined) return null;
  const { note, alive } = before;
  const { at } = input.observed;
  if (alive && note.pid === pid && note.start === start) {
    if (note.at > at) return null;
    if (note.at + GRACE_MS > at) return { ...left('told-before', 'it ends'), until: note.at + GRACE_MS };
    return left('told-before', 'it was told to end, and has not');
  }
  const again = note.from === account && note.conversation === conversation;
  if (!again || note.at < lastSwap(input.memory.quota, agent, at)) return null;
  return left('told-before', `it was started again under ${note.from}`);
}

function left(reason: Hold['reason'], because: string): Hold {
  return { reason, because, until: null };
}
