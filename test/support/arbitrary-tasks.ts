import fc from 'fast-check';
import type { AgentSpec, DesiredState, InboxSpec } from '../../src/model/desired.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { DirectoryState, Observed } from '../../src/model/observed.ts';
import type { Reading } from '../../src/model/reading.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { InboxEntry, ObservedInbox, PastAttempt } from '../../src/model/task.ts';
import { PRIORITIES, REJECT_REASONS } from '../../src/model/task.ts';
import { arbRuns } from './arbitrary-runs.ts';
import { HOME, MINUTE, NOW } from './fleet.ts';
import { inbox, inboxSpec, waiting } from './queue.ts';

const INBOXES = ['sec', 'web'] as const;
/** Few, so that the same id waits, is claimed and is over at one time. */
export const IDS = ['fix', 'doc', 'a.b', 'x-1', 'zz'] as const;
const WANTED_FOLDERS = [`${HOME}/sec/sub`, `${HOME}/sec/link`, '/etc'] as const;

/** Inboxes for some of the pools, each with its own idea of what may be asked for. */
export function arbInboxes(pools: readonly string[]): fc.Arbitrary<Readonly<Record<string, InboxSpec>>> {
  if (pools.length === 0) return fc.constant({});
  const arbSpec = (name: string) =>
    fc
      .record({
        pool: fc.constantFrom(...pools),
        cwd: fc.constantFrom([], [`${HOME}/sec/*`], [`${HOME}/sec/*`, '/srv/**']),
        models: fc.constantFrom([], ['opus', 'sonnet']),
        agents: fc.constantFrom([], ['claude', 'codex']),
      })
      .map(({ pool, ...allow }) => inboxSpec(name, { pool, allow }));
  return fc
    .subarray([...INBOXES])
    .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, arbSpec(name)]))));
}

export const AGENTS: Readonly<Record<string, AgentSpec>> = {
  claude: {
    extends: 'builtin:claude',
    args: [],
    env: {},
    trust: [`${HOME}/sec`],
    models: { critical: 'opus', default: 'sonnet' },
    overrides: {},
  },
  codex: { extends: 'builtin:codex', args: [], env: {}, trust: [], models: null, overrides: {} },
};

/** A look with tasks in every state laid over one without: what waits, what is claimed, what sessions carry. */
export function arbTasks(state: DesiredState, look: Observed): fc.Arbitrary<Observed> {
  const names = Object.keys(state.inboxes);
  if (names.length === 0) return fc.constant(look);
  return fc
    .record({
      inboxes: fc.record(Object.fromEntries(names.map((name) => [name, arbInbox]))),
      folders: fc.record(Object.fromEntries(WANTED_FOLDERS.map((path) => [path, arbFolder(path)]))),
      runs: arbRuns(state, look),
      unread: fc.constantFrom<string | null>(null, null, null, null, null, null, ...names),
    })
    .map(({ inboxes, folders, runs, unread }) => {
      const filled = Object.entries(inboxes).map(([name, plain]): [string, Reading<ObservedInbox>] => {
        if (name === unread) return [name, unreadable(UNREAD)];
        const claims = runs.claims.filter((each) => each.inbox === name);
        return [
          name,
          read({ ...plain, claims: Object.fromEntries(claims.map((each) => [each.attempt, each])) }),
        ];
      });
      const seen = Object.entries(runs.runs)
        .map(([attempt, run]) => {
          const hidden = run.claim !== null && run.claim.inbox === unread;
          return [attempt, hidden ? { ...run, claim: null } : run] as const;
        })
        .filter(([attempt, { claim }]) => claim !== null || runs.carried.includes(attempt));
      return {
        ...look,
        tmux: runs.tmux,
        directories: { ...look.directories, ...folders },
        inboxes: Object.fromEntries(filled),
        runs: Object.fromEntries(seen),
      };
    });
}

const UNREAD: Diagnostic = {
  severity: 'error',
  code: 'inbox-unreadable',
  target: 'inbox',
  summary: 'An inbox could not be read',
  detail: 'EACCES',
  help: null,
};

/** One of these, once in a while. */
function sometimes<T>(...values: readonly T[]): fc.Arbitrary<T | null> {
  return fc.option(fc.constantFrom(...values), { freq: 1, nil: null });
}

const arbWaiting: fc.Arbitrary<InboxEntry> = fc
  .record({
    id: fc.constantFrom(...IDS),
    priority: fc.constantFrom(...PRIORITIES),
    model: sometimes('opus', 'gpt'),
    cwd: sometimes(...WANTED_FOLDERS),
    agent: sometimes('claude', 'codex'),
    timeoutMs: fc.constantFrom(null, 60 * MINUTE),
    retries: fc.constantFrom(null, 0, 2),
    notBefore: sometimes(NOW - 1, NOW, NOW + MINUTE),
    deliver: fc.constantFrom('inline' as const, 'inline' as const, 'file' as const),
    ageMs: fc.constantFrom(2_000, MINUTE, 2 * MINUTE, -MINUTE),
  })
  .map(({ id, ageMs, ...wishes }) => waiting(id, wishes, NOW - ageMs));

const arbEntry: fc.Arbitrary<InboxEntry> = fc.oneof(
  { weight: 6, arbitrary: arbWaiting },
  {
    weight: 1,
    arbitrary: fc.constant({ type: 'unsettled', until: NOW + 1_000, why: 'it changed' } as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...REJECT_REASONS)
      .map((reason) => ({ type: 'bad', identity: 'bad', reason, detail: 'line 2' }) as const),
  },
);

const arbPast: fc.Arbitrary<readonly PastAttempt[]> = fc.array(
  fc.record({
    attempt: fc.integer({ min: 0, max: 99 }).map((number) => `old${String(number)}`),
    result: fc.constantFrom('returned' as const, 'returned' as const, 'failed' as const),
    at: fc.constantFrom(NOW - 1_000, NOW - 10 * MINUTE),
  }),
  { maxLength: 2 },
);

const arbInbox: fc.Arbitrary<ObservedInbox> = fc
  .record({
    entries: fc.dictionary(
      fc.constantFrom('fix.md', 'doc.md', 'a.b.md', 'x 1.md', 'b.md', 'c.md', 'ü.md'),
      arbEntry,
      { maxKeys: 5 },
    ),
    history: fc.dictionary(fc.constantFrom(...IDS), arbPast, { maxKeys: 2 }),
  })
  .map(({ entries, history }) => inbox(entries, [], { history }));

function arbFolder(path: string): fc.Arbitrary<Reading<DirectoryState>> {
  const present = (real: string) => read({ type: 'present', real } as const);
  return fc.constantFrom<Reading<DirectoryState>>(
    present(path),
    present(path),
    present('/srv/else'),
    present('/etc'),
    read({ type: 'absent' }),
    unreadable({ ...UNREAD, code: 'path-unreadable' }),
  );
}
