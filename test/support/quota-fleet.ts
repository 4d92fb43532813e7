import type { ActiveAccountSpec, DesiredState } from '../../src/model/desired.ts';
import type { DedicatedAgent } from '../../src/model/dedicated-agent.ts';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type { AgentFacts, HookFact, ObservedRun, TranscriptFact } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { Evidence } from '../../src/model/screen.ts';
import { read } from '../../src/model/reading.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { AGENTS } from './arbitrary-tasks.ts';
import { desired, HOME, MINUTE, NOW, observed, pool, server, session } from './fleet.ts';
import { agentProcess, busy, claim, inbox, inboxSpec, record, run } from './queue.ts';

export const HOUR = 60 * MINUTE;
export const ACCOUNTS = ['main', 'backup', 'third'] as const;

/** What of the policies a test changes. */
export interface QuotaRules {
  readonly quota?: Partial<DesiredState['quota']>;
  readonly select?: ActiveAccountSpec['select'];
  readonly accounts?: readonly string[];
  readonly shared?: readonly string[];
  readonly sessions?: number;
}

/** A pool of so many sessions, one inbox, three accounts that share `projects`, and a session of the operator's. */
export function quotaFleet({ quota, select, accounts, shared, sessions = 4 }: QuotaRules = {}): DesiredState {
  const names = accounts ?? ACCOUNTS;
  const plain = desired({
    agents: AGENTS,
    pools: { auto: pool({ min: sessions, max: sessions, cooldownMs: 0 }) },
    inboxes: { sec: inboxSpec('sec') },
    dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap: 'leave' } },
    accounts: Object.fromEntries(names.map((name) => [name, { agent: 'claude', home: homeOf(name) }])),
    activeAccounts:
      names.length === 0 ? {} : { claude: { link: LINK, prefer: [...names], select: select ?? 'sticky' } },
    sharedState:
      names.length === 0 ? null : { root: ROOT, entries: { claude: [...(shared ?? ['projects'])] } },
  });
  return { ...plain, quota: { ...plain.quota, ...quota } };
}

export const LINK = `${HOME}/.claude`;
const ROOT = `${HOME}/.claude-shared`;

export function homeOf(account: string): string {
  return `${HOME}/.claude-${account}`;
}

/** Every link where it belongs, one account active, and what is given in it. */
export function quotaLook(
  state: DesiredState,
  active: string,
  given: {
    readonly runs?: readonly ObservedRun[];
    readonly operators?: Observed['operators'];
    readonly free?: number;
    readonly over?: Partial<Observed>;
  } = {},
): Observed {
  const { runs = [], operators = {}, free = 0, over } = given;
  const claims = runs.flatMap((each) => each.claim ?? []);
  const carriers = runs.map((each, i) => carrierFor(each, i));
  const rest = Array.from({ length: free }, (_, i) =>
    session(50 + i, `auto-${String(runs.length + i)}`, 'free'),
  );
  const plain = observed(state, {
    tmux: read(server([...carriers, ...rest, session(99, 'mine', 'foreign')])),
    inboxes: { sec: read(inbox({}, claims)) },
    runs: Object.fromEntries(runs.map((each) => [each.runDir.replace(/^.*\//, ''), each])),
    operators,
  });
  const link = (target: string) => read({ type: 'link', target, resolved: target } as const);
  const entries = Object.entries(state.sharedState?.entries ?? {}).flatMap(([, names]) => names);
  const links = Object.values(state.accounts).flatMap(({ home }) =>
    entries.map((entry) => [`${home}/${entry}`, link(`${ROOT}/${entry}`)] as const),
  );
  const activeLink = Object.keys(state.accounts).length === 0 ? {} : { [LINK]: link(homeOf(active)) };
  return {
    ...plain,
    paths: { ...plain.paths, ...Object.fromEntries(links), ...activeLink },
    directories: {
      ...plain.directories,
      ...Object.fromEntries(
        entries.map((entry) => [
          `${ROOT}/${entry}`,
          read({ type: 'present', real: `${ROOT}/${entry}` } as const),
        ]),
      ),
    },
    ...over,
  };
}

function carrierFor(each: ObservedRun, index: number): ObservedSession {
  const attempt = each.runDir.replace(/^.*\//, '');
  const kind = each.agent?.alive === true ? 'free' : 'ended';
  return busy(index + 1, each.claim?.session ?? `auto-${String(index)}`, { attempt, phase: 'started' }, kind);
}

/** Attempt `at0001` in session `auto-1`, its agent started ten minutes ago under an account. */
export function runUnder(
  number: number,
  account: string | null,
  facts: AgentFacts = NO_FACTS,
  over: Partial<AttemptRecord> = {},
  runOver: Partial<ObservedRun> = {},
): ObservedRun {
  const attempt = attemptOf(number);
  const own = claim('sec', `task-${String(number)}`, `auto-${String(number)}`, attempt);
  return run(own, record(own, { account, ...over }), { facts, agent: agentProcess(attempt), ...runOver });
}

export function attemptOf(number: number): string {
  return `at${String(number).padStart(4, '0')}`;
}

/** An agent of the operator's, ten minutes old. */
export function operatorUnder(
  account: string | null,
  facts: AgentFacts,
  over: Partial<DedicatedAgent> = {},
): DedicatedAgent {
  return {
    pid: 777,
    start: '1',
    startedAt: NOW - 10 * MINUTE,
    agent: 'claude',
    pane: '%99',
    panePid: 776,
    place: { type: 'other' },
    home: account === null ? null : homeOf(account),
    homeVariable: 'CLAUDE_CONFIG_DIR',
    throughLink: false,
    account,
    conversation: '00000000-0000-4000-8000-000000000777',
    cwd: `${HOME}/work`,
    commandLine: { problem: null, typeable: true, shown: ['claude'], more: false },
    facts,
    ...over,
  };
}

export interface Shown {
  readonly at?: number;
  readonly resetsAt?: number | null;
}

/** Its transcript ends with a refusal, or another error. */
export function inTranscript(error: Evidence, { at = NOW - 1_000, resetsAt = null }: Shown = {}): AgentFacts {
  const transcript: TranscriptFact = {
    at,
    prompted: true,
    turn: 'failed',
    error,
    resetsAt,
    lastLines: ['You have hit your limit'],
  };
  return { ...atRest(at), transcript };
}

/** Its hook tells of a turn that failed. */
export function inHook(error: Evidence | null, { at = NOW - 1_000 }: Shown = {}): AgentFacts {
  return { ...atRest(at), hooks: [hook({ event: 'turn-failed', at, error })] };
}

/** Nothing but its screen tells. */
export function onScreen(
  evidence: Evidence | null,
  { at = NOW - 1_000, resetsAt = null }: Shown = {},
): AgentFacts {
  const state = evidence === 'quota' ? 'limited' : 'error';
  const verdict = { state, dialog: null, evidence, resetsAt, rule: 'limit-row' } as const;
  const screen = { at, verdict, box: null, question: null, hash: `s${String(at)}`, lastLines: ['limit'] };
  return { ...NO_FACTS, screen };
}

/** At work, by a hook; `screen`: what its screen shows all the same. */
export function atWork(at = NOW - 1_000, screen: AgentFacts['screen'] = null): AgentFacts {
  const registry = { status: 'working' as const, waitingFor: null, at };
  return { ...NO_FACTS, registry, hooks: [hook({ event: 'prompted', at })], screen };
}

function atRest(at: number): AgentFacts {
  return { ...NO_FACTS, registry: { status: 'idle', waitingFor: null, at } };
}

export function hook(over: Partial<HookFact> & Pick<HookFact, 'event'>): HookFact {
  return { at: NOW - 1_000, error: null, background: 0, text: null, ...over };
}
