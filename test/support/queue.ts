import type { InboxSpec } from '../../src/model/desired.ts';
import type { ObservedSession, Work } from '../../src/model/observed.ts';
import { claimFile } from '../../src/model/queue.ts';
import { read } from '../../src/model/reading.ts';
import type { ObservedRun, RunProcess } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { AttemptRecord, Claim, InboxEntry, ObservedInbox, Task } from '../../src/model/task.ts';
import { HOME, MINUTE, NOW, RUNS_DIR, session } from './fleet.ts';

/** An inbox of pool `auto`; every inbox of a generated fleet lies where `inboxDir` says. */
export function inboxSpec(name: string, over: Partial<InboxSpec> = {}): InboxSpec {
  return {
    dir: inboxDir(name),
    pool: 'auto',
    cwd: `${HOME}/${name}`,
    allow: { cwd: [`${HOME}/${name}/*`], models: ['opus', 'sonnet'], agents: ['claude'] },
    ...over,
  };
}

export function inboxDir(name: string): string {
  return `${HOME}/${name}/.agent-queue/inbox`;
}

/** The folder beside an inbox, by one of the names of SPEC §5.1. */
export function besideInbox(name: string, folder: string): string {
  return `${HOME}/${name}/.agent-queue/${folder}`;
}

export function task(id: string, over: Partial<Task> = {}): Task {
  return {
    id,
    title: null,
    priority: 'normal',
    model: null,
    cwd: null,
    agent: null,
    timeoutMs: null,
    retries: null,
    notBefore: null,
    deliver: 'inline',
    ...over,
  };
}

/** A task that waits, an hour old. */
export function waiting(id: string, over: Partial<Task> = {}, since = NOW - 60 * MINUTE): InboxEntry {
  return {
    type: 'task',
    task: task(id, over),
    identity: `file:${id}:${String(since)}`,
    since,
    bytes: 20,
    sha256: `sha-${id}`,
  };
}

/** What lies in an inbox: entries by file name, claims as a list. */
export function inbox(
  entries: Readonly<Record<string, InboxEntry>>,
  claims: readonly Claim[] = [],
  over: Partial<ObservedInbox> = {},
): ObservedInbox {
  return {
    entries,
    claims: Object.fromEntries(claims.map((each) => [each.attempt, each])),
    history: {},
    counts: { done: 0, failed: 0, rejected: 0 },
    strays: [],
    ...over,
  };
}

export function claim(inboxName: string, id: string, session: string, attempt: string): Claim {
  return { inbox: inboxName, id, session, attempt, file: claimFile({ id, session, attempt }) };
}

/** The record of a claim, ten minutes old, as a dispatch writes it. */
export function record(of: Claim, over: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    version: 1,
    attempt: of.attempt,
    inbox: of.inbox,
    id: of.id,
    title: null,
    file: `${of.id}.md`,
    sha256: `sha-${of.id}`,
    bytes: 20,
    number: 1,
    session: of.session,
    pool: 'auto',
    agent: 'claude',
    model: null,
    account: null,
    cwd: `${HOME}/${of.inbox}`,
    conversation: conversationOf(of.attempt),
    priority: 'normal',
    delivery: 'argv',
    timeoutMs: null,
    retries: null,
    startedAt: NOW - 10 * MINUTE,
    launches: 1,
    launchedAt: NOW - 10 * MINUTE,
    fleet: 'home',
    errors: 0,
    parkedUntil: null,
    end: null,
    ...over,
  };
}

export function conversationOf(attempt: string): string {
  const hex = Buffer.from(attempt.padEnd(6, '0').slice(0, 6)).toString('hex');
  return `00000000-0000-4000-8000-${hex}`;
}

/** A run whose agent is at work, by all it shows of itself. */
export function run(
  of: Claim | null,
  given: AttemptRecord | null,
  over: Partial<ObservedRun> = {},
): ObservedRun {
  const attempt = of?.attempt ?? given?.attempt ?? 'none';
  return {
    claim: of,
    record: read(given),
    runDir: `${RUNS_DIR}/${attempt}`,
    spec: 'taken',
    agent: agentProcess(attempt),
    exit: null,
    word: null,
    endingSince: null,
    facts: NO_FACTS,
    ...over,
  };
}

/** The process of an attempt's agent: one pid for one attempt, so that two never share one. */
export function agentProcess(attempt: string, over: Partial<RunProcess> = {}): RunProcess {
  const pid =
    200_000 + Array.from(attempt).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 99_991, 7);
  return { pid, start: `start-${attempt}`, alive: true, at: NOW - 10 * MINUTE, ...over };
}

/** A pool session that carries an attempt; `kind` says whether its process still runs. */
export function busy(
  number: number,
  name: string,
  work: Pick<Work, 'attempt' | 'phase'>,
  kind: 'free' | 'ended' = 'free',
  over: Partial<ObservedSession> = {},
): ObservedSession {
  const plain = session(number, name, kind, over);
  const since = work.phase === null ? null : NOW - 10 * MINUTE;
  const stamp = plain.stamp === null ? null : { ...plain.stamp, work: { ...work, since } };
  return { ...plain, stamp };
}
