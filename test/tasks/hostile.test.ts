import { closeSync, lstatSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { queueFolders } from '../../src/model/queue.ts';
import { rawFiles, rawServer } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { HOSTILE_FILES, type HostileFile, STRAYS } from './hostile-files.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

describe.concurrent('files', { timeout: 240_000 }, () => {
  describe('an inbox full of hostile files', () => {
    it('has each of them rejected with a reason or given to an agent as it is, and no other effect', async () => {
      const fleet = taskFleet({ min: 4, max: 4, speed: 8 });
      try {
        const made = [...HOSTILE_FILES, ...STRAYS].map((file) => make(fleet, file));
        const outside = (): unknown =>
          rawFiles(fleet.home, [join(fleet.home, 'work'), ...CHANGING.map((name) => join(fleet.home, name))]);
        await fleet.converge({ once: true });
        const before = outside();
        await fleet.loop();
        const wrong = (): readonly unknown[] => {
          const found = made.map(
            ({ file, node }) => [file.name.toString(), becameOf(fleet, node), file.becomes] as const,
          );
          return found.filter(([, became, becomes]) => !becomes.includes(became));
        };
        await until(() => wrong().length === 0, 80_000).catch(() => undefined);
        expect(wrong()).toEqual([]);
        expect(outside()).toEqual(before);
        expect(readFileSync(join(fleet.home, 'secret'), 'utf8')).toBe('a secret\n');
        expect(readdirSync(fleet.home)).not.toContain('ran');
        expect(readdirSync(fleet.work)).not.toContain('ran');
        // None was given to anybody but the agents of those that are tasks.
        const given = fleet.ledger().filter(({ event }) => event === 'turn-begin').length;
        expect(given).toBe(doneIn(fleet));
        expect(names(fleet)).toEqual(['ccl-auto-11', 'ccl-auto-12', 'ccl-auto-13', 'ccl-auto-14']);
      } finally {
        await fleet.cleanup();
      }
    });

    it('leaves a task that is still being written until it is whole', async () => {
      const fleet = taskFleet({ min: 1, max: 1, speed: 4 });
      try {
        await fleet.loop();
        const path = join(fleet.inbox, 'slow.md');
        const handle = openSync(path, 'wx');
        const whole = ['---\n', 'title: slow\n', '---\n', 'First half.\n', 'Second half.\n'];
        for (const part of whole) {
          writeSync(handle, part);
          await sleep(1300);
          expect(lstatSync(path).isFile()).toBe(true);
        }
        closeSync(handle);
        await fleet.reaches('slow', 'done');
        expect(readFileSync(join(queueFolders(fleet.inbox).done, 'slow.md'), 'utf8')).toBe(whole.join(''));
        expect(fleet.runs('slow')).toBe(1);
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('an inbox of 10,000 tasks', () => {
    it('has its most urgent one done, while a killed session still comes back soon', async () => {
      const fleet = taskFleet({ min: 2, max: 2, speed: 4, cooldown: '10m' });
      try {
        for (let i = 0; i < 10_000; i += 1)
          writeFileSync(
            join(fleet.inbox, `n${String(i).padStart(5, '0')}.md`),
            `Task number ${String(i)}.\n`,
          );
        const begun = Date.now();
        await fleet.loop();
        await until(() => doneIn(fleet) === 2, 120_000);
        const firstMs = Date.now() - begun;
        fleet.put('urgent', '---\npriority: critical\n---\nact: end-of-turn\n');
        const { inboxes } = await fleet.status();
        expect(inboxes['work']).toMatchObject({ waiting: 9999, done: 2 });
        const [lost] = names(fleet);
        const killed = Date.now();
        fleet.machine.tmux('kill-session', '-t', `=${String(lost)}`);
        // A new session has not rested, and needs not: it takes the urgent one.
        await fleet.reaches('urgent', 'done', 60_000);
        process.stdout.write(
          `${JSON.stringify({ files: 10_000, firstTwoDoneMs: firstMs, sessionBackAndUrgentDoneMs: Date.now() - killed })}\n`,
        );
      } finally {
        await fleet.cleanup();
      }
    });
  });
});

/** What a fleet at work changes by itself. */
const CHANGING = ['.claude', '.claude-main', '.claude-backup', '.claude-shared', '.local', 'run', 'ledger'];

interface Made {
  readonly file: HostileFile;
  readonly node: string;
}

function make({ inbox, home }: TaskFleet, file: HostileFile): Made {
  const path = Buffer.concat([Buffer.from(`${inbox}/`), Buffer.from(file.name)]);
  file.make(typeof file.name === 'string' ? join(inbox, file.name) : path, home);
  return { file, node: nodeAt(path) ?? 'nowhere' };
}

/** Where the very thing is now, whatever its name; null: nowhere. */
function placeOf(
  { inbox }: TaskFleet,
  node: string,
): { readonly place: string; readonly name: Buffer } | null {
  for (const [place, folder] of Object.entries(queueFolders(inbox)))
    for (const name of namesIn(folder))
      if (nodeAt(Buffer.concat([Buffer.from(`${folder}/`), name])) === node) return { place, name };
  return null;
}

/** What has become of it: a reason of rejection, `left` in the inbox, or the folder it is in. */
function becameOf(fleet: TaskFleet, node: string): string {
  const found = placeOf(fleet, node);
  if (found === null) return 'nowhere';
  if (found.place === 'inbox') return 'left';
  return found.place === 'rejected' ? reasonOf(fleet, found.name) : found.place;
}

function doneIn({ inbox }: TaskFleet): number {
  return namesIn(queueFolders(inbox).done).length;
}

function reasonOf({ inbox }: TaskFleet, name: Buffer): string {
  const path = Buffer.concat([Buffer.from(`${queueFolders(inbox).rejected}/`), name, Buffer.from('.reason')]);
  try {
    return readFileSync(path, 'utf8').split('\n')[0] ?? '';
  } catch {
    return 'rejected without a reason';
  }
}

function namesIn(folder: string): readonly Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' });
  } catch {
    return [];
  }
}

function nodeAt(path: string | Buffer): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${String(stats.dev)}:${String(stats.ino)}`;
}

function names({ machine }: TaskFleet): readonly string[] {
  return (rawServer(machine)?.sessions ?? []).map(({ name }) => name).toSorted();
}
