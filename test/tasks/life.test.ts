import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { actingScenario } from './scenario.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

/** What each task of the shared fleet is, and how it must end; its id is its key. */
const TASKS: Readonly<Record<string, Expected>> = {
  'said-done': { act: 'done-by-verb', end: 'done', reason: 'agent-said-so', detail: /all is well/ },
  'said-failed': { act: 'fail-by-verb', end: 'failed', reason: 'agent-said-so', detail: /the moon is wrong/ },
  'file-done': { act: 'done-by-file', end: 'done', reason: 'agent-said-so' },
  'file-failed': { act: 'fail-by-file', end: 'failed', reason: 'agent-said-so', detail: /no such moon/ },
  'turn-over': { act: 'end-of-turn', end: 'done', reason: 'turn-ended' },
  'with-background': { act: 'background', end: 'done', reason: 'turn-ended' },
  killed: { act: 'crash', end: 'failed', reason: 'interrupted' },
  'killed-thrice': {
    act: 'crash',
    head: 'retries: 2',
    end: 'failed',
    reason: 'interrupted',
    attempts: 3,
    runs: 3,
  },
  'too-slow': { act: 'long', head: 'timeout: 4s', end: 'failed', reason: 'timeout' },
  'recovers-from-500': { act: 'recovers-from-500', end: 'done', reason: 'turn-ended', launches: 2, runs: 2 },
  'recovers-from-529': { act: 'recovers-from-529', end: 'done', reason: 'turn-ended', launches: 2, runs: 2 },
  'always-fails-500': {
    act: 'always-fails-500',
    head: 'retries: 1',
    end: 'failed',
    reason: 'agent-error',
    launches: 2,
    runs: 2,
  },
};

interface Expected {
  readonly act: string;
  /** Its frontmatter. */
  readonly head?: string;
  readonly end: 'done' | 'failed';
  readonly reason: string;
  readonly detail?: RegExp;
  readonly attempts?: number;
  /** Of its last attempt. */
  readonly launches?: number;
  readonly runs?: number;
}

describe('a task in an inbox that a loop keeps', { timeout: 180_000 }, () => {
  let fleet: TaskFleet;

  beforeAll(async () => {
    fleet = taskFleet({ min: 4, max: 4 });
    for (const [id, { act, head }] of Object.entries(TASKS))
      fleet.put(id, `${head === undefined ? '' : `---\n${head}\n---\n`}Do as you are told.\nact: ${act}\n`);
    await fleet.loop();
  });
  afterAll(() => fleet.cleanup());

  it.each(Object.entries(TASKS))(
    '%s ends where it must, for the right reason, run as often as it may be',
    async (id, { act, end, reason, detail, attempts = 1, launches = 1, runs = 1, head }) => {
      await fleet.reaches(id, end, 60_000);
      const records = await until(() => {
        const all = fleet.records(id);
        return all.at(-1)?.end?.result === end && all;
      });
      expect(records.map(({ number }) => number)).toEqual(Array.from({ length: attempts }, (_, i) => i + 1));
      expect(records.at(-1)).toMatchObject({ id, launches, end: { result: end, reason } });
      if (detail !== undefined) expect(records.at(-1)?.end?.detail).toMatch(detail);
      expect(fleet.runs(id)).toBe(runs);
      const text = readFileSync(join(fleet.work, '.agent-queue', end, `${id}.md`), 'utf8');
      expect(text).toBe(
        `${head === undefined ? '' : `---\n${head}\n---\n`}Do as you are told.\nact: ${act}\n`,
      );
    },
  );

  it('has ended every agent, and every session is free again', async () => {
    await until(() => liveAgents(fleet.home).length === 0, 20_000);
    await until(async () => {
      const { sessions } = await fleet.status();
      return Object.values(sessions).every(({ state }) => state === 'free');
    }, 20_000);
    const { inboxes } = await fleet.status();
    expect(inboxes['work']).toEqual({ waiting: 0, running: 0, parked: 0, done: 6, failed: 6, rejected: 0 });
  });

  it('is run once more when an operator puts it back, and never before', async () => {
    expect((await fleet.cli('task', 'retry', 'said-failed')).code).toBe(0);
    await until(
      () => fleet.records('said-failed').filter(({ end }) => end?.result === 'failed').length === 2,
      30_000,
    );
    // Counted anew: it has all its retries again.
    expect(fleet.records('said-failed').map(({ number }) => number)).toEqual([1, 1]);
    expect(fleet.runs('said-failed')).toBe(2);
    expect(fleet.whereIs('said-failed')).toBe('failed');
  });

  it('may be dropped by the verb that adds one, and be cancelled before anybody has it', async () => {
    const added = await fleet.cli('task', 'add', '--id', 'dropped', '--text', 'act: end-of-turn');
    expect([added.code, added.err]).toEqual([0, expect.anything()]);
    const later = ['--id', 'unwanted', '--not-before', '2099-01-01', '--text', 'act: end-of-turn'];
    expect((await fleet.cli('task', 'add', ...later)).code).toBe(0);
    expect((await fleet.cli('task', 'cancel', 'unwanted')).code).toBe(0);
    await fleet.reaches('unwanted', 'failed');
    await fleet.reaches('dropped', 'done');
    expect([fleet.runs('dropped'), fleet.runs('unwanted')]).toEqual([1, 0]);
  });

  it('is told of in events from its start to its end', () => {
    const told = fleet.events().filter(({ target }) => target === 'task/work/said-done');
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['task.started', 'task.done']));
  });
});

describe('a scenario of the tests', () => {
  it('knows what every task asks for', () => {
    const rules = actingScenario().rules ?? [];
    for (const { act } of Object.values(TASKS))
      expect(rules.some(({ when }) => new RegExp(when?.prompt ?? '^$', 'u').test(`act: ${act}\n`))).toBe(
        true,
      );
  });
});
