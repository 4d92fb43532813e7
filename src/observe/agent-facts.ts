import { join } from 'node:path';
import { type Agent, agentHome } from '../agents/agent-home.ts';
import { readHook } from '../agents/hook.ts';
import type { Profile } from '../agents/profile.ts';
import { readRegistry, registryPath } from '../agents/registry.ts';
import type { SeenScreen } from '../agents/screen.ts';
import { readScreenFact } from '../agents/screen-fact.ts';
import { readUsage } from '../agents/usage.ts';
import type { DesiredState } from '../model/desired.ts';
import type { FileReader } from '../model/host.ts';
import { LAUNCH_FILES, RUN_FILES } from '../model/queue.ts';
import type {
  AgentFacts,
  HookFact,
  RegistryFact,
  RunProcess,
  ScreenFact,
  TranscriptFact,
} from '../model/run.ts';
import { REDRAWN } from '../model/screen.ts';
import type { AttemptRecord } from '../model/task.ts';
import { boundedly } from './boundedly.ts';
import type { RunCache } from './look-cache.ts';
import { lookAtTranscript } from './transcript.ts';

/** One running agent, and what of the machine is needed to read its records. */
export interface RunningAgent {
  readonly agent: Agent;
  readonly record: AttemptRecord;
  readonly runDir: string;
  readonly process: RunProcess | null;
  /** What its pane shows; null: it could not be seen. */
  readonly screen: SeenScreen | null;
  /** It is to be pasted what to do, and that has not been sent. */
  readonly awaitsPrompt: boolean;
  /** What `~` stands for. */
  readonly userHome: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly cached: RunCache;
}

export interface AgentSeen {
  readonly facts: AgentFacts;
  /** As its record says, or as found; null: not known. */
  readonly conversation: string | null;
  readonly cached: RunCache;
}

/**
 * Everything that an agent's own records and its screen say, and the conversation that it is in; what cannot be read
 * says nothing.
 */
export async function lookAtFacts(
  files: FileReader,
  desired: DesiredState,
  running: RunningAgent,
): Promise<AgentSeen> {
  const { agent, record, runDir, process } = running;
  const home = homeOf(desired, running);
  const shown = running.screen === null ? null : readScreenFact(agent.profile, running.screen);
  const atPrompt = shown?.verdict.state === 'idle';
  const [registry, hooks, { transcript, told, conversation, cached }, usage] = await Promise.all([
    home === null ? null : registryFact(files, agent.profile, home, process),
    hookFacts(files, agent.profile, join(runDir, RUN_FILES.hooks)),
    lookAtTranscript(files, agent.profile, home, record, running.now, running.cached, atPrompt),
    usageFact(files, agent.profile, join(runDir, String(record.launches), LAUNCH_FILES.status)),
  ]);
  const drawn = isRedrawn(running, shown, hooks, transcript) ? { ...shown, verdict: DRAWN_ANEW } : shown;
  // What is pasted before that begins another conversation, or goes to a model that knows nothing of this one.
  const screen = isRecalled(running, shown, transcript) || drawn === null ? drawn : { ...drawn, box: null };
  return {
    facts: { registry, hooks, transcript, screen, usage: { ...told, ...usage } },
    conversation,
    cached,
  };
}

const DRAWN_ANEW: ScreenFact['verdict'] = {
  state: 'starting',
  dialog: null,
  evidence: null,
  resetsAt: null,
  rule: REDRAWN,
};
/** So long an agent may take until it takes its prompt. */
const REDRAWN_MS = 30_000;

/**
 * An agent that goes on with a conversation draws it anew, with the limit or the error in which it ended. Until it has
 * taken its prompt, that tells nothing of now, nor of the account it goes on under.
 */
function isRedrawn(
  { record, now, awaitsPrompt }: RunningAgent,
  shown: ScreenFact | null,
  hooks: readonly HookFact[],
  transcript: TranscriptFact | null,
): shown is ScreenFact {
  if (shown === null || record.launches < 2) return false;
  if (!awaitsPrompt && now >= record.launchedAt + REDRAWN_MS) return false;
  const { state, dialog } = shown.verdict;
  if (dialog !== null || (state !== 'limited' && state !== 'error')) return false;
  const begun = hooks.some(
    ({ event, at }) => at >= record.launchedAt && event !== 'started' && event !== 'ended',
  );
  return !begun && (transcript?.turn ?? null) === null;
}

/**
 * Whether an agent that goes on and is still to be told so is known to have its conversation again: it has written to
 * what it keeps of it, or shows it.
 */
function isRecalled(
  { agent, record, awaitsPrompt }: RunningAgent,
  shown: ScreenFact | null,
  transcript: TranscriptFact | null,
): boolean {
  if (!awaitsPrompt || record.launches < 2) return true;
  if (agent.profile.transcript !== undefined)
    return transcript !== null && transcript.at >= record.launchedAt;
  const row = agent.profile.launch?.resumeShows;
  if (row === undefined) return true;
  const pattern = new RegExp(`^(?:${row})$`, 'u');
  return shown?.lastLines.some((line) => pattern.test(line)) === true;
}

/** Under an account that is no longer declared nobody knows where its records are. */
function homeOf({ accounts }: DesiredState, { agent, record, userHome }: RunningAgent): string | null {
  if (record.account === null) return agentHome(agent, null, userHome);
  const account = Object.hasOwn(accounts, record.account) ? accounts[record.account] : undefined;
  return account === undefined ? null : agentHome(agent, account.home, userHome);
}

const REGISTRY_BYTES = 64 * 1024;

/** Of a process that has ended nothing it registered is true any more. */
async function registryFact(
  files: FileReader,
  profile: Profile,
  home: string,
  process: RunProcess | null,
): Promise<RegistryFact | null> {
  const path = process?.alive === true ? registryPath(profile, home, process.pid) : null;
  if (path === null || process === null) return null;
  const answer = await files.text(path, REGISTRY_BYTES);
  return answer.type === 'ok' ? readRegistry(profile, answer.value, process) : null;
}

const STATUS_BYTES = 64 * 1024;

/** Of this launch alone: what an earlier one was told, it was told of another account. */
async function usageFact(files: FileReader, profile: Profile, path: string): Promise<AgentFacts['usage']> {
  const answer = profile.usage === undefined ? null : await files.tail(path, STATUS_BYTES);
  return answer?.type === 'ok' ? readUsage(profile, answer.value.text, Math.floor(answer.value.at)) : {};
}

const NEWEST_HOOKS = 50;
const HOOK_BYTES = 1024 * 1024;

async function hookFacts(files: FileReader, profile: Profile, folder: string): Promise<readonly HookFact[]> {
  const listed = profile.hooks === undefined ? null : await files.entries(folder);
  if (listed?.type !== 'ok') return [];
  const newest = Object.entries(listed.value)
    .filter(([name, { type }]) => type === 'file' && name.endsWith('.json'))
    .toSorted(([one, a], [other, b]) => a.modifiedAt - b.modifiedAt || (one < other ? -1 : 1))
    .slice(-NEWEST_HOOKS);
  const facts = await boundedly(newest, async ([name, { modifiedAt }]) => {
    const answer = await files.text(join(folder, name), HOOK_BYTES);
    return answer.type === 'ok' ? readHook(profile, answer.value, Math.floor(modifiedAt)) : null;
  });
  return facts.filter((fact) => fact !== null);
}
