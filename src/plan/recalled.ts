import type { AgentFacts } from '../model/run.ts';

/**
 * Whether an agent that keeps records has begun no turn since its start. A conversation that goes on shows what was
 * said before, and so a limit of another account as if it had just been met.
 */
export function isRecalled({ transcript }: Pick<AgentFacts, 'transcript'>): boolean {
  return transcript !== null && transcript.turn === null;
}
