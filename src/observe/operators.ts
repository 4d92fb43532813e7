import { isAbsolute, join, normalize } from 'node:path';
import { ownAgain, ownFlags } from '../agents/own-flags.ts';
import type { Profile } from '../agents/profile.ts';
import { homeSaid } from '../agents/agent-home.ts';
import { readConversation, readRegistry, registryPath } from '../agents/registry.ts';
import { readScreenFact } from '../agents/screen-fact.ts';
import type { CommandLine, DedicatedAgent, StoppedNote } from '../model/dedicated-agent.ts';
import type { DesiredState } from '../model/desired.ts';
import type { HostReader, TmuxListing } from '../model/host.ts';
import type { Observed } from '../model/observed.ts';
import { NO_FACTS } from '../model/run.ts';
import { boundedly } from './boundedly.ts';
import { openConversation } from './open-conversation.ts';
import { findOperators, type FoundAgent, placeOf } from './operator-process.ts';
import { type RunLook, zoneFor } from './run.ts';
import type { Screens } from './session.ts';
import { lookAtStopped, readNotes } from './stopped.ts';
import { lookAtTranscript } from './transcript.ts';

/** What was found before any screen was read. */
export interface OperatorsFound {
  readonly agents: readonly FoundAgent[];
  readonly notes: readonly StoppedNote[];
}

/** More agents than an operator has are not looked at. */
const MOST = 50;

/** The agents in the declared dedicated sessions, and the ones of them that were told to end. Reads only. */
export async function findInDedicated(
  host: HostReader,
  desired: DesiredState,
  listing: TmuxListing,
  look: RunLook,
): Promise<OperatorsFound> {
  const agentNamed = (name: string) => {
    const spec = Object.hasOwn(desired.agents, name) ? desired.agents[name] : undefined;
    const known = spec === undefined ? null : look.agentOf(name);
    return spec === undefined || known === null ? null : { profile: known.profile, spec };
  };
  const agents = await findOperators(host.processes, desired, listing, agentNamed);
  const notes = await readNotes(host.files, desired, listing, look.runsDir);
  return { agents: agents.slice(0, MOST), notes };
}

/** The panes whose screens are asked for: those with such an agent, and those in which one is to go on. */
export function panesOf({ agents, notes }: OperatorsFound, listing: TmuxListing): readonly string[] {
  const there = new Set(Object.values(listing.sessions).flatMap(({ panes }) => Object.keys(panes)));
  const wanted = [...agents.map(({ pane }) => pane.id), ...notes.map(({ pane }) => pane)];
  return [...new Set(wanted)].filter((id) => there.has(id));
}

/** All that their own records and screens say of them. */
export async function lookAtOperators(
  host: HostReader,
  desired: DesiredState,
  { agents, notes }: OperatorsFound,
  screens: Screens,
): Promise<Pick<Observed, 'operators' | 'stopped'>> {
  const homes = agents.length === 0 ? new Map<string, string>() : await accountsByHome(host, desired);
  const zone = zoneFor(screens);
  const seen = await boundedly(agents, async (found) => {
    const agent = await operator(host, desired, found, { screens, zone, homes });
    return { session: found.session, agent };
  });
  const operators: Record<string, DedicatedAgent[]> = {};
  for (const { session, agent } of seen) (operators[session] ??= []).push(agent);
  return { operators, stopped: await lookAtStopped(host.processes, notes, screens) };
}

interface Around {
  readonly screens: Screens;
  readonly zone: string;
  /** Real path of a home -> its account. */
  readonly homes: ReadonlyMap<string, string>;
}

async function operator(
  host: HostReader,
  desired: DesiredState,
  found: FoundAgent,
  { screens, zone, homes }: Around,
): Promise<DedicatedAgent> {
  const { agent, pid, details, pane, name } = found;
  const { profile } = agent;
  const homePath = await homeTold(host, found);
  const home = homePath === null ? null : await realOf(host, homePath);
  const registry = await registryText(host, found, home);
  const process = { pid, start: details.start };
  const told = registry === null ? null : readConversation(profile, registry, process);
  const { conversation, file } =
    told === null ? await openConversation(host.processes, found) : { conversation: told, file: null };
  const screen = Object.hasOwn(screens, pane.id) ? screens[pane.id] : undefined;
  const now = host.now();
  const { transcript } =
    conversation === null
      ? { transcript: null }
      : await lookAtTranscript(
          host.files,
          withoutSearch(profile),
          home,
          {
            attempt: '',
            cwd: details.cwd,
            conversation,
            startedAt: details.startedAt,
            launchedAt: details.startedAt,
          },
          now,
          { prompted: false, transcript: file },
        );
  return {
    pid,
    start: details.start,
    startedAt: details.startedAt,
    agent: name,
    pane: pane.id,
    panePid: pane.pid,
    place: await placeOf(host.processes, found, screen?.stays === true),
    home,
    // Whose variable names the folder around its home is started again by nobody but its operator.
    homeVariable: profile.home?.inside === undefined ? (profile.home?.env ?? null) : null,
    throughLink: homePath !== null && plain(homePath) === plain(desired.activeAccounts[name]?.link ?? ''),
    account: home === null ? null : accountOf(desired, homes, home, name),
    conversation,
    cwd: details.cwd,
    commandLine: await commandLine(host, found),
    facts: {
      ...NO_FACTS,
      registry: registry === null ? null : readRegistry(profile, registry, process),
      transcript,
      screen: screen === undefined ? null : readScreenFact(profile, { ...screen, seenAt: now, zone }),
    },
  };
}

/** A conversation that is not where it is begun is not looked for: that would be thousands of files at each look. */
function withoutSearch(profile: Profile): Profile {
  if (profile.transcript === undefined) return profile;
  const { search: _, ...transcript } = profile.transcript;
  return { ...profile, transcript };
}

function accountOf(
  { accounts }: DesiredState,
  homes: ReadonlyMap<string, string>,
  home: string,
  agent: string,
): string | null {
  const account = homes.get(home);
  return account !== undefined && accounts[account]?.agent === agent ? account : null;
}

/** The home as its environment says it, or the default; null: it cannot be read, or it has none. */
async function homeTold(host: HostReader, { pid, agent, details }: FoundAgent): Promise<string | null> {
  const { home } = agent.profile;
  const env = home === null ? null : await host.processes.environmentOf(pid);
  if (home === null || env === null) return null;
  const own = env[home.env] ?? '';
  if (own !== '') return homeSaid(home, isAbsolute(own) ? own : join(details.cwd, own));
  if (isAbsolute(home.default)) return home.default;
  const user = env['HOME'] ?? '';
  return user === '' ? null : join(user, home.default.replace(/^~\/?/, ''));
}

async function realOf(host: HostReader, path: string): Promise<string | null> {
  const answer = await host.files.directory(path);
  return answer.type === 'ok' && answer.value.type === 'present' ? answer.value.real : null;
}

async function accountsByHome(host: HostReader, desired: DesiredState): Promise<Map<string, string>> {
  const homes = new Map<string, string>();
  for (const [account, { home }] of Object.entries(desired.accounts)) {
    const real = await realOf(host, home);
    if (real !== null) homes.set(real, account);
  }
  return homes;
}

const REGISTRY_BYTES = 64 * 1024;

async function registryText(
  host: HostReader,
  { agent, pid }: FoundAgent,
  home: string | null,
): Promise<string | null> {
  const path = home === null ? null : registryPath(agent.profile, home, pid);
  const answer = path === null ? null : await host.files.text(path, REGISTRY_BYTES);
  return answer?.type === 'ok' ? answer.value : null;
}

/** With the longest home and conversation before and behind it, it still is one row of what tmux may type. */
const TYPEABLE_BYTES = 1500;
/** Of what is only shown. */
const SHOWN_CHARACTERS = 500;

async function commandLine(host: HostReader, found: FoundAgent): Promise<CommandLine> {
  const flags = ownFlags(found.agent.profile, found.details.argv);
  const problem = flags.ok ? await programProblem(host, found) : flags.why;
  const again = ownAgain(found.agent.profile);
  const program = found.agent.profile.command ?? [];
  if (!flags.ok || problem !== null) return { problem, typeable: false, shown: program, more: true, again };
  const whole = flags.kept.join(' ');
  const isPlain = !CONTROL.test(whole) && Buffer.byteLength(whole) <= TYPEABLE_BYTES;
  const shownWhole = flags.shown.join(' ');
  const fits = shownWhole.length <= SHOWN_CHARACTERS && !CONTROL.test(shownWhole);
  const shown = fits ? flags.shown : flags.shown.slice(0, 1);
  return { problem: null, typeable: isPlain, shown, more: shown.length < flags.kept.length, again };
}

/** The first word of a command line may be any: whether it names a program is seen before anything is ended. */
async function programProblem(host: HostReader, { pid, details }: FoundAgent): Promise<string | null> {
  const [program = ''] = details.argv;
  const env = await host.processes.environmentOf(pid);
  const folders = program.includes('/') ? [details.cwd] : (env?.['PATH'] ?? '').split(':').filter(isAbsolute);
  for (const folder of folders.slice(0, MOST_FOLDERS)) {
    const path = isAbsolute(program) ? program : join(folder, program);
    const there = await host.files.path(path);
    if (there.type === 'ok' && (there.value.type === 'file' || there.value.type === 'link')) return null;
  }
  return 'its program is not found by the name it was started with';
}

const MOST_FOLDERS = 100;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

function plain(path: string): string {
  const normal = normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
