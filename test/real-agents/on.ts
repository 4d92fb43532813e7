import { agentFleet, type Fleet, type FleetOptions } from './fleet.ts';
import type { Protocol } from './stub/protocol.ts';
import { type Script, startStub } from './stub/server.ts';

export interface Setting extends Omit<FleetOptions, 'stub'> {
  readonly protocol: Protocol;
  readonly script: Script;
}

/** Does `work` on a fleet of its own with a service of its own, and takes both down; where it fails, it tells the story. */
export async function on(
  { protocol, script, ...options }: Setting,
  work: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const stub = await startStub([protocol], script);
  const fleet = agentFleet({ ...options, stub });
  try {
    await work(fleet);
  } catch (error) {
    process.stdout.write(`${story(fleet)}\n`);
    throw error;
  } finally {
    await fleet.cleanup();
    await stub.close();
  }
}

/** What happened, by the journal and the service, oldest first, and what the panes show now. */
function story(fleet: Fleet): string {
  const told = eventsOf(fleet).map((event) => ({
    at: 'at' in event ? Date.parse(String(event.at)) : 0,
    line: `${event.type} ${event.target}: ${event.message}`,
  }));
  const asked = fleet.stub.turns().map(({ at, key, conversation, prompts, toolOutput, answer }) => ({
    at,
    line: `    ${key} ${String(conversation).slice(0, 8)} ${JSON.stringify(answer)} <- ${JSON.stringify(toolOutput ?? prompts.at(-1))}`,
  }));
  const all = [...told, ...asked].toSorted((a, b) => a.at - b.at);
  const first = all[0]?.at ?? 0;
  const lines = all.map(
    ({ at, line }) => `${((at - first) / 1000).toFixed(2).padStart(7)} ${line.slice(0, 300)}`,
  );
  return [...lines, fleet.screens()].join('\n');
}

/** None, where the loop never came so far as to keep a journal. */
function eventsOf(fleet: Fleet): ReturnType<Fleet['events']> {
  try {
    return fleet.events();
  } catch {
    return [];
  }
}
