import { join } from 'node:path';
import type { Agent } from '../agents/agent-home.ts';
import type { Profile } from '../agents/profile.ts';
import type { SeenScreen } from '../agents/screen.ts';
import type { DesiredState } from '../model/desired.ts';
import type { HostReader } from '../model/host.ts';
import type { Observed, ObservedSession, WorkPhase } from '../model/observed.ts';
import { read } from '../model/reading.ts';
import { NO_FACTS, type ObservedRun } from '../model/run.ts';
import { lookAtFacts } from './agent-facts.ts';
import { agentProcess } from './agent-process.ts';
import { findAttempts, type FoundAttempt } from './attempts.ts';
import { boundedly } from './boundedly.ts';
import { lookAtLaunch, lookAtWord } from './launch-files.ts';
import type { LookCache, RunCache } from './look-cache.ts';
import type { Screens } from './session.ts';

/** The profile of an agent of the file; null: it has none that is sound, so none of its words can be read. */
export type AgentOf = (agent: string) => { readonly profile: Profile } | null;

/** What looking at runs needs beside the machine. */
export interface RunLook {
  readonly agentOf: AgentOf;
  /** Absolute: each attempt has a folder of its own there. */
  readonly runsDir: string;
  /** What `~` stands for. */
  readonly userHome: string;
  readonly cache: LookCache;
}

/** What was seen before the runs were. */
export interface SeenSoFar {
  readonly inboxes: Observed['inboxes'];
  readonly tmux: Observed['tmux'];
  readonly screens: Screens;
  /** When the screens were read, epoch milliseconds. */
  readonly at: number;
}

/** Every attempt that is claimed or that a session of ours carries, with all that can be known of its agent. */
export async function lookAtRuns(
  host: HostReader,
  desired: DesiredState,
  seen: SeenSoFar,
  look: RunLook,
): Promise<Readonly<Record<string, ObservedRun>>> {
  const carriers = carriersOf(desired, seen.tmux);
  const found = await findAttempts(host.files, desired, seen.inboxes, [...carriers.keys()]);
  const runs = new Map<string, RunCache>();
  const zone = zoneFor(seen.screens);
  const observed = await boundedly(found, async (each): Promise<[string, ObservedRun]> => {
    const carrier = carriers.get(each.attempt);
    const screen = screenOf(carrier, seen, zone);
    const phase = carrier?.stamp?.work?.phase ?? null;
    const { run, cached } = await lookAtRun(host, desired, each, { screen, phase }, look);
    runs.set(each.attempt, cached);
    return [each.attempt, run];
  });
  look.cache.runs.clear();
  for (const [attempt, cached] of runs) look.cache.runs.set(attempt, cached);
  return Object.fromEntries(observed);
}

/** The zone in which screens tell their times; empty where there is none: asking for it takes longer than a small look. */
export function zoneFor(screens: Screens): string {
  return Object.keys(screens).length === 0 ? '' : new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Sessions that bear our stamp with an attempt, keyed by attempt. */
function carriersOf({ name }: DesiredState, tmux: Observed['tmux']): ReadonlyMap<string, ObservedSession> {
  const carriers = new Map<string, ObservedSession>();
  const sessions = tmux.ok && tmux.value.type === 'up' ? Object.values(tmux.value.sessions) : [];
  for (const session of sessions) {
    const { stamp } = session;
    if (stamp?.owner !== name || stamp.kind !== 'pool' || stamp.work === null) continue;
    if (!carriers.has(stamp.work.attempt)) carriers.set(stamp.work.attempt, session);
  }
  return carriers;
}

/** The screen of the pane we started the agent in. Before its start it shows our holder. */
function screenOf(
  session: ObservedSession | undefined,
  { screens, at }: SeenSoFar,
  zone: string,
): SeenScreen | null {
  const { work, pane } = session?.stamp ?? { work: null, pane: null };
  if (work === null || work.phase === null || pane === null) return null;
  const screen = Object.hasOwn(screens, pane) ? screens[pane] : undefined;
  return screen === undefined ? null : { ...screen, seenAt: at, zone };
}

async function lookAtRun(
  host: HostReader,
  desired: DesiredState,
  { attempt, claim, record }: FoundAttempt,
  { screen, phase }: { readonly screen: SeenScreen | null; readonly phase: WorkPhase | null },
  look: RunLook,
): Promise<{ readonly run: ObservedRun; readonly cached: RunCache }> {
  const runDir = join(look.runsDir, attempt);
  const known = record.ok ? record.value : null;
  const number = known?.launches ?? (await lastLaunch(host, runDir));
  const launch = await lookAtLaunch(host.files, join(runDir, String(number)));
  const process = await agentProcess(host.processes, attempt, launch);
  const before = look.cache.runs.get(attempt) ?? { prompted: false, transcript: null };
  const agent = known === null ? null : agentIn(desired, known.agent, look.agentOf);
  const { facts, conversation, cached } =
    known === null || agent === null
      ? { facts: NO_FACTS, conversation: known?.conversation ?? null, cached: before }
      : await lookAtFacts(host.files, desired, {
          agent,
          record: known,
          runDir,
          process,
          screen,
          awaitsPrompt: known.delivery === 'paste' && (phase === 'started' || phase === 'pasted'),
          userHome: look.userHome,
          now: host.now(),
          cached: before,
        });
  // Last: an agent speaks before it ends, so where its end was seen, what it said must be, too.
  const word = await lookAtWord(host.files, runDir);
  const { spec, exit, endingSince } = launch;
  // From here on one rule holds for a conversation, whoever chose its id.
  const whole = known === null ? record : read({ ...known, conversation });
  const run = { claim, record: whole, runDir, spec, agent: process, exit, word, endingSince, facts };
  return { run, cached };
}

function agentIn({ agents }: DesiredState, name: string, agentOf: AgentOf): Agent | null {
  const spec = Object.hasOwn(agents, name) ? agents[name] : undefined;
  const found = spec === undefined ? null : agentOf(name);
  return spec === undefined || found === null ? null : { profile: found.profile, spec };
}

/** Which start is the last, where no record says it. */
async function lastLaunch(host: HostReader, runDir: string): Promise<number> {
  const names = await host.files.names(runDir);
  const numbers = (names.type === 'ok' ? names.value : []).filter((name) => /^[1-9]\d{0,5}$/.test(name));
  return Math.max(1, ...numbers.map(Number));
}
