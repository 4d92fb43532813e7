import { basename } from 'node:path';
import { conversationNamed } from '../agents/found-conversation.ts';
import type { ProcessReader } from '../model/host.ts';
import type { FoundConversation } from './conversation.ts';
import type { FoundAgent } from './operator-process.ts';

const UNKNOWN: FoundConversation = { conversation: null, file: null };
/** A wrapper and the program that it starts are no further apart. */
const DEEPEST = 4;

/**
 * The conversation of an operator's agent that chooses its ids itself: the one whose file this very process, or the
 * program that it wraps, has open. Not known where there are two, as while it has others at work.
 */
export async function openConversation(
  processes: ProcessReader,
  { agent: { profile }, pid }: Pick<FoundAgent, 'agent' | 'pid'>,
): Promise<FoundConversation> {
  if (profile.transcript?.found === undefined) return UNKNOWN;
  const found = new Map<string, string>();
  for (const each of await wrappedBy(processes, pid, profile.process)) {
    for (const file of (await processes.openFiles(each)) ?? []) {
      const id = conversationNamed(profile, basename(file));
      if (id !== null) found.set(id, file);
    }
  }
  const [one, other] = found;
  return one === undefined || other !== undefined ? UNKNOWN : { conversation: one[0], file: one[1] };
}

/** It, and what of its own name it has started. */
async function wrappedBy(
  processes: ProcessReader,
  pid: number,
  called: readonly string[],
): Promise<readonly number[]> {
  const wrapped = [pid];
  for (const { pid: each, names } of (await processes.list()) ?? []) {
    if (each === pid || !names.some((name) => called.includes(name))) continue;
    let at = each;
    for (let depth = 0; depth < DEEPEST && at !== pid && at > 1; depth += 1) {
      at = (await processes.detailsOf(at))?.parent ?? 0;
    }
    if (at === pid) wrapped.push(each);
  }
  return wrapped;
}
