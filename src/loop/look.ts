import type { NamedAgent } from '../agents/launch.ts';
import { readSuspensions } from '../host/state/suspensions.ts';
import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import type { Memory } from '../model/memory.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import type { QuotaDecision } from '../model/quota.ts';
import { read } from '../model/reading.ts';
import type { ProfileOf } from '../observe/account.ts';
import type { LookCache } from '../observe/look-cache.ts';
import { observe, seenServer } from '../observe/look.ts';
import { countDeaths } from '../plan/deaths.ts';
import { acceptable, massRemoval } from '../plan/mass-removal.ts';
import { plan } from '../plan/plan.ts';
import { quotaAfter } from '../plan/quota/verdict.ts';
import { screensAfter } from '../plan/screens.ts';
import { hear } from './heard.ts';

/** What is needed to look at a fleet; nothing in it can change anything. */
export interface Place {
  readonly desired: DesiredState;
  readonly host: HostReader;
  readonly stateDir: string;
  readonly profileOf: ProfileOf;
  /** What is known of each agent of the file that can be started. */
  readonly agents: PlanInput['agents'];
  readonly agentOf: (agent: string) => NamedAgent | null;
  /** Absolute; each attempt has a folder in it. */
  readonly runsDir: string;
  /** What `~` stands for. */
  readonly userHome: string;
  /** What earlier looks have read. */
  readonly cache: LookCache;
}

/** One look at the world and the plan that follows from it. */
export interface Look {
  readonly input: PlanInput;
  readonly plan: Plan;
  /** The memory after this look: deaths counted, the server noted. Not written anywhere yet. */
  readonly memory: Memory;
  /** Names of the sessions that an edit would take and that wait for somebody's yes. */
  readonly massRemoval: readonly string[];
  /** What this look showed of the accounts' quota, and what was decided. */
  readonly decisions: readonly QuotaDecision[];
  /** More of the journal is to be read for notices; left out: no. */
  readonly unheard?: boolean;
}

/** Looks at everything once and plans; writes nothing. `memory` is what was known before the look. */
export async function lookAndPlan(
  place: Place,
  memory: Memory,
  options: { readonly massRemovalConfirmed?: boolean; readonly swapTo?: string | null } = {},
): Promise<Look> {
  const { desired, host, stateDir } = place;
  const seenNow = await observe(host, desired, memory, place);
  const { notices, outbox, isMore } = hear(desired, stateDir, memory.notices, seenNow.at);
  const observed = outbox === null ? seenNow : { ...seenNow, outbox };
  const server = (await seenServer(host, observed)) ?? memory.server;
  const seen: Memory = {
    ...memory,
    server,
    deaths: countDeaths(desired, observed, memory),
    screens: screensAfter(observed, memory),
    notices,
  };
  const { quota, decisions } = quotaAfter(desired, observed, seen);
  const known: Memory = { ...seen, quota };
  const input: PlanInput = {
    desired,
    observed,
    memory: known,
    suspensions: readSuspensions(stateDir),
    exhaustedUntil: read(exhaustedUntil(quota)),
    massRemovalConfirmed: options.massRemovalConfirmed ?? false,
    swapTo: options.swapTo ?? null,
    agents: place.agents,
    runsDir: place.runsDir,
  };
  const removed = massRemoval(input);
  // An edit that empties nothing is in force from here on; one that would is not, until it is confirmed.
  const remembered = removed?.length === 0 ? { ...known, accepted: acceptable(desired) } : known;
  const look = { input, plan: plan(input), memory: remembered, massRemoval: removed ?? [], decisions };
  return isMore ? { ...look, unheard: true } : look;
}

/** Account -> epoch milliseconds until which it has no quota, or null. */
function exhaustedUntil({ accounts }: Memory['quota']): Readonly<Record<string, number | null>> {
  return Object.fromEntries(
    Object.entries(accounts).map(([account, known]) => [account, known.exhaustedUntil]),
  );
}
