import { agentProfile } from '../../src/agents/agent-profile.ts';
import type { NamedAgent } from '../../src/agents/launch.ts';
import { traitsOf } from '../../src/agents/traits.ts';
import { apply } from '../../src/apply/apply.ts';
import type { Launches } from '../../src/apply/launches.ts';
import { launcherArgv } from '../../src/launcher/argv.ts';
import type { AgentSpec, DesiredState } from '../../src/model/desired.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { Action } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import { lookCache } from '../../src/observe/look-cache.ts';
import { observe, seenServer } from '../../src/observe/look.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';
import { plan } from '../../src/plan/plan.ts';
import { reasonText } from '../../src/queue/reason.ts';
import { recordText } from '../../src/queue/record.ts';
import { desired, pool } from '../support/fleet.ts';
import { PLACES } from './scene.ts';
import type { Reconciler } from './script.ts';

const WORKER: AgentSpec = {
  extends: 'builtin:generic',
  args: [],
  env: {},
  trust: [],
  models: null,
  overrides: { command: ['worker'], exitMeansDone: false },
};

/** The fleet of the small machine: one pool of so many sessions, one inbox, no accounts. */
export function fleetOf(sessions: number): DesiredState {
  const { cwd, prefix, inbox, queue } = PLACES;
  return desired({
    name: PLACES.fleet,
    agents: { worker: WORKER },
    pools: { auto: pool({ prefix, min: sessions, max: sessions, cwd, agent: 'worker', cooldownMs: 0 }) },
    inboxes: {
      [inbox]: { dir: queue.inbox, pool: 'auto', cwd, allow: { cwd: [], models: [], agents: [] } },
    },
  });
}

/**
 * The product as it runs: its own look, plan and apply. What was read in earlier looks is not kept, and of its memory
 * only what no clock is in, so that more states are alike.
 */
export function product(fleet: DesiredState): Reconciler<Action, Memory> {
  const agent = workerOf(WORKER);
  const traits = traitsOf(agent.profile);
  if (traits === null) throw new Error('the worker has no command');
  return {
    memory: { ...NO_MEMORY, accepted: acceptable(fleet) },
    runsDir: PLACES.runs,
    look: async (host, memory) => {
      const context = {
        profileOf: () => null,
        agentOf: (name: string) => (name === 'worker' ? agent : null),
        runsDir: PLACES.runs,
        userHome: '/h',
        cache: lookCache(),
      };
      const observed = await observe(host, fleet, memory, context);
      const server = (await seenServer(host, observed)) ?? memory.server;
      const { actions } = plan({
        desired: fleet,
        observed,
        memory: { ...memory, server },
        suspensions: read({}),
        exhaustedUntil: read({}),
        massRemovalConfirmed: false,
        swapTo: null,
        agents: { worker: traits },
        runsDir: PLACES.runs,
      });
      return { jobs: actions, memory: { ...memory, server } };
    },
    act: async (host, action) => {
      const results = await apply(host, LAUNCHES, [action]);
      return results.every(({ outcome }) => outcome === 'applied');
    },
    begins: (action) => (action.type === 'task.start' ? [action.effect.record.attempt] : []),
  };
}

function workerOf(spec: AgentSpec): NamedAgent {
  const reading = agentProfile('worker', spec);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return { name: 'worker', spec, profile: reading.profile };
}

const LAUNCHES: Launches = {
  againArgv: () => null,
  specFor: ({ attempt, inbox, id, cwd }) =>
    Promise.resolve({
      ok: true,
      spec: {
        attempt,
        argv: ['worker', 'do it'],
        env: { ROLLCALL_TASK: `${inbox}/${id}` },
        cwd,
        files: {},
        preAnswers: [],
        paste: null,
      },
      taskFile: null,
    }),
  recordText,
  launcherArgv,
  reasonText,
};
