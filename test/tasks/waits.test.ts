import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { taskFleet } from './task-fleet.ts';

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('waiting', { timeout: 180_000 }, () => {
  describe('an agent that waits for an answer', () => {
    it('is shown as waiting, with its question, and its task ends by its timeout or when it is cancelled', async () => {
      const fleet = taskFleet();
      try {
        fleet.put('asks', '---\ntimeout: 14s\n---\nact: question\n');
        fleet.put('wants', 'act: permission\n');
        await fleet.loop();
        const waiting = await until(async () => {
          const status = await fleet.status();
          const { sessions } = status;
          return Object.values(sessions).filter(({ state }) => state === 'waiting').length === 2 && status;
        }, 30_000);
        const said = JSON.stringify(waiting);
        expect(said).toContain('Which way to the moon?');
        expect(Object.values(waiting.sessions).map(({ task }) => task)).toEqual(
          expect.arrayContaining([expect.stringContaining('asks'), expect.stringContaining('wants')]),
        );
        expect(waiting.diagnostics.filter(({ code }) => code === 'task-waiting')).toHaveLength(2);
        expect((await fleet.cli('task', 'cancel', 'wants')).code).toBe(0);
        await fleet.reaches('wants', 'failed');
        await fleet.reaches('asks', 'failed');
        expect(fleet.records('wants').at(-1)?.end?.reason).toBe('cancelled');
        expect(fleet.records('asks').at(-1)?.end?.reason).toBe('timeout');
        await until(() => liveAgents(fleet.home).length === 0, 15_000);
        // Nobody answered for it.
        expect(fleet.ledger().filter(({ event }) => event === 'input')).toEqual([]);
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('a task on which nothing moves', () => {
    it('fails as stalled after the idle timeout, and one that works does not', async () => {
      const fleet = taskFleet({ idleTimeout: '5s', speed: 1 });
      try {
        fleet.put('frozen', 'act: hang\n');
        fleet.put('busy', 'act: busy\n');
        await fleet.loop();
        await fleet.reaches('frozen', 'failed');
        expect(fleet.records('frozen').at(-1)?.end?.reason).toBe('stalled');
        await fleet.reaches('busy', 'done');
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('a queue', () => {
    it('gives its tasks out by priority and then age, with the model of the priority, none before its time', async () => {
      const fleet = taskFleet({ min: 1, max: 1 });
      try {
        const soon = Math.ceil(Date.now() / 1000) + 8;
        for (const [id, head] of [
          ['c-normal', ''],
          ['d-low', 'priority: low\n'],
          ['b-critical', 'priority: critical\n'],
          ['a-own-model', 'priority: high\nmodel: haiku\n'],
          ['e-later', `priority: critical\nnotBefore: ${String(soon)}\n`],
        ] as const)
          fleet.put(id, `---\n${head}---\nact: end-of-turn\n`);
        await fleet.loop();
        for (const id of ['c-normal', 'd-low', 'b-critical', 'a-own-model', 'e-later'])
          await fleet.reaches(id, 'done', 45_000);
        const order = ['a-own-model', 'b-critical', 'c-normal', 'd-low']
          .flatMap((id) => fleet.records(id))
          .toSorted((a, b) => a.startedAt - b.startedAt);
        expect(order.map(({ id, model }) => [id, model])).toEqual([
          ['b-critical', 'opus'],
          ['a-own-model', 'haiku'],
          ['c-normal', 'sonnet'],
          ['d-low', 'sonnet'],
        ]);
        const [later] = fleet.records('e-later');
        expect(later?.startedAt).toBeGreaterThanOrEqual(soon * 1000);
        // The agents were started with those models.
        const flags = fleet
          .ledger()
          .flatMap((line) => (line.event === 'start' ? [line.flags.join(' ')] : []));
        expect(flags.map((each) => /--model (?<model>\w+)/.exec(each)?.groups?.['model'])).toEqual(
          expect.arrayContaining(['opus', 'haiku', 'sonnet', 'sonnet', 'opus']),
        );
      } finally {
        await fleet.cleanup();
      }
    });

    it('lets its pool grow while tasks wait, up to its max, and shrink when they are done', async () => {
      const fleet = taskFleet({ min: 1, max: 3, cooldown: '3s' });
      try {
        for (const id of ['one', 'two', 'three', 'four']) fleet.put(id, 'act: second\n');
        await fleet.loop();
        const names = (): readonly string[] =>
          fleet.machine.tmux('list-sessions', '-F', '#{session_name}').split('\n').toSorted();
        await until(() => names().length === 3, 20_000);
        for (const id of ['one', 'two', 'three', 'four']) await fleet.reaches(id, 'done');
        await until(() => names().length === 1, 30_000);
        expect(names()).toEqual(['ccl-auto-11']);
        // A session rests for its cooldown between two tasks.
        const byTime = ['one', 'two', 'three', 'four'].flatMap((id) => fleet.records(id));
        for (const session of new Set(byTime.map((each) => each.session))) {
          const [first, second] = byTime
            .filter((each) => each.session === session)
            .toSorted((a, b) => a.startedAt - b.startedAt);
          if (first === undefined || second === undefined) continue;
          expect(second.startedAt - (first.end?.at ?? 0)).toBeGreaterThanOrEqual(3000);
        }
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('a session in which somebody types', () => {
    it('is given no task, while another one is', async () => {
      const fleet = taskFleet({ min: 2, max: 2 });
      const outer = `${fleet.machine.folder}/outer.sock`;
      const outside = (...args: readonly string[]): string =>
        fleet.machine.sh(['tmux', '-S', outer, ...args].map((arg) => `'${arg}'`).join(' '));
      try {
        await fleet.converge();
        // Another server's pane is the terminal of a client that is attached here.
        outside(
          'new-session',
          '-d',
          `exec env -u TMUX tmux -S ${fleet.machine.socket} attach -t =ccl-auto-11`,
        );
        await until(() => fleet.machine.tmux('list-clients', '-F', '#{session_name}') === 'ccl-auto-11');
        outside('send-keys', 'x', 'y');
        for (const id of ['one', 'two']) fleet.put(id, 'act: end-of-turn\n');
        await fleet.loop();
        for (const id of ['one', 'two']) await fleet.reaches(id, 'done');
        expect(['one', 'two'].flatMap((id) => fleet.records(id)).map(({ session }) => session)).toEqual([
          'ccl-auto-12',
          'ccl-auto-12',
        ]);
        expect(fleet.machine.tmux('list-clients', '-F', '#{session_name}')).toBe('ccl-auto-11');
      } finally {
        outside('kill-server');
        await fleet.cleanup();
      }
    });
  });

  describe('a folder to work in', () => {
    it('is trusted beforehand where the file says so; elsewhere the dialog is shown, and nobody answers it', async () => {
      const fleet = taskFleet();
      try {
        for (const folder of ['work/sub', 'elsewhere']) mkdirSync(join(fleet.home, folder));
        fleet.put('trusted', '---\ncwd: sub\n---\nact: end-of-turn\n');
        fleet.put('untrusted', '---\ncwd: ~/elsewhere\n---\nact: end-of-turn\n');
        await fleet.loop();
        await fleet.reaches('trusted', 'done');
        const waiting = await until(async () => {
          const { diagnostics } = await fleet.status();
          return diagnostics.find(({ code }) => code === 'task-waiting') ?? null;
        }, 20_000);
        expect(JSON.stringify(waiting)).toMatch(/trust/i);
        expect(fleet.runs('untrusted')).toBe(0);
        expect(fleet.ledger().filter(({ event }) => event === 'dialog' || event === 'input')).toEqual([]);
        await fleet.cli('task', 'cancel', 'untrusted');
        await fleet.reaches('untrusted', 'failed');
      } finally {
        await fleet.cleanup();
      }
    });
  });
});
