import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ActResult, FileAnswer, HostWriter, TmuxCommand } from '../../src/model/host.ts';
import { STAMP, stampCommands } from '../../src/model/stamp.ts';
import { privateMachine } from '../support/tmux.ts';
import { withFolder } from '../sim/machine/files.ts';
import { liveHost } from '../sim/machine/live-host.ts';
import { ended } from '../sim/machine/processes.ts';
import { EMPTY_WORLD } from '../sim/machine/world.ts';

/**
 * The small machine is worth something only as long as it answers like the real one: the same calls, made on both,
 * have the same answers.
 */
describe('the files of the small machine', () => {
  it('answer as real ones do', async () => {
    const machine = privateMachine();
    onTestFinished(() => machine.cleanup());
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fileStep, { maxLength: 12 }), async (steps) => {
        run += 1;
        const real = `${machine.folder}/files-${String(run)}`;
        mkdirSync(real);
        const small = liveHost({ ...EMPTY_WORLD, files: withFolder({}, '/files') });
        for (const step of steps) {
          const answers = [await step(machine.host, real), await step(small.host, '/files')];
          expect(answers[1]).toEqual(answers[0]);
        }
      }),
      { numRuns: 150 },
    );
  });
});

type FileStep = (host: HostWriter, base: string) => Promise<unknown>;

const place = fc.constantFrom('a', 'b', 'x/a', 'x/b', 'y/a');
const folder = fc.constantFrom('x', 'y', 'x/z');

const fileStep: fc.Arbitrary<FileStep> = fc.oneof(
  folder.map((at) => (host: HostWriter, base: string) => told(host.files.makeDirectory(`${base}/${at}`))),
  fc.record({ at: place, fresh: fc.boolean(), text: fc.constantFrom('', 'one', 'two') }).map(
    ({ at, fresh, text }) =>
      (host: HostWriter, base: string) =>
        told(host.files.write(`${base}/${at}`, text, { fresh })),
  ),
  fc
    .record({ from: place, to: place, as: fc.constantFrom('any', 'same', 'other') })
    .map(({ from, to, as }) => async (host: HostWriter, base: string) => {
      const parent = `${base}/${from}`.slice(0, `${base}/${from}`.lastIndexOf('/'));
      const entries = await host.files.entries(parent);
      const name = from.slice(from.lastIndexOf('/') + 1);
      const entry = entries.type === 'ok' ? entries.value[name] : undefined;
      const identity = { any: null, same: entry?.identity ?? 'none', other: 'other' }[as];
      return told(host.files.move(`${base}/${from}`, `${base}/${to}`, identity));
    }),
  place.map((at) => (host: HostWriter, base: string) => told(host.files.remove(`${base}/${at}`))),
  place.map((at) => (host: HostWriter, base: string) => told(host.files.text(`${base}/${at}`, 100))),
  fc
    .constantFrom('a', 'x', 'x/z')
    .map((at) => async (host: HostWriter, base: string) => [
      await told(host.files.path(`${base}/${at}`)),
      Object.keys(await told(host.files.directory(`${base}/${at}`))),
      await told(host.files.names(`${base}/${at}`)),
    ]),
);

/** What was found, or the errno; names in order. */
async function told<T>(answer: Promise<FileAnswer<T>>): Promise<object> {
  const given = await answer;
  if (given.type === 'error') return { code: given.code };
  return { value: Array.isArray(given.value) ? given.value.toSorted() : given.value };
}

describe('the tmux of the small machine', () => {
  it('answers as the real one does', async () => {
    const machine = privateMachine();
    onTestFinished(() => machine.cleanup());
    const small = liveHost(EMPTY_WORLD);
    const sides = [
      { host: machine.host, end: (pid: number) => process.kill(pid, 'SIGKILL') },
      { host: small.host, end: (pid: number) => (small.world = ended(small.world, pid, null)) },
    ] as const;
    const first: TmuxCommand = { type: 'new-session', name: 'mine', cwd: '/', argv: ['sleep', '1000'] };
    for (const { host } of sides)
      expect(await host.tmux.actOnNewServer([first])).toEqual({ type: 'applied' });
    await fc.assert(
      fc.asyncProperty(fc.array(tmuxStep, { minLength: 4, maxLength: 10 }), async (steps) => {
        const begun = await Promise.all(sides.map(({ host }) => picture(host)));
        const old = [begun[0], begun[1]];
        expect(old[1]?.shown).toEqual(old[0]?.shown);
        for (const step of steps) {
          const answers: unknown[] = [];
          for (const [at, side] of sides.entries()) {
            const now = await picture(side.host);
            const then = old[at] ?? now;
            answers.push([await step(side.host, now, then, side.end), (await picture(side.host)).shown]);
          }
          expect(answers[1]).toEqual(answers[0]);
        }
      }),
      { numRuns: 12 },
    );
  });
});

type Picture = Awaited<ReturnType<typeof picture>>;
type TmuxStep = (
  host: HostWriter,
  now: Picture,
  before: Picture,
  end: (pid: number) => unknown,
) => Promise<string>;

const name = fc.constantFrom('one', 'two');
const value = fc.constantFrom('', 'f1', 'f2');

/** A guard from what is seen now, or from what was seen before. */
function guardOn(seen: Picture, at: string, dead: boolean, fence: string) {
  const found = seen.sessions[at];
  if (found === undefined) return null;
  const { id, pane } = found;
  return {
    incarnation: seen.incarnation,
    session: { id, name: at, owner: 'home' },
    pane: { id: pane.id, pid: pane.pid, dead },
    options: { [STAMP.fence]: fence },
  };
}

const tmuxStep: fc.Arbitrary<TmuxStep> = fc.oneof(
  name.map(
    (at): TmuxStep =>
      (host, now) => {
        const commands: readonly TmuxCommand[] = [
          { type: 'new-session', name: at, cwd: '/', argv: ['sleep', '1000'] },
          {
            type: 'set-option',
            scope: 'window',
            session: { type: 'created', name: at },
            option: 'remain-on-exit',
            value: { type: 'literal', text: 'on' },
          },
          ...stampCommands({ type: 'created', name: at }, { owner: 'home', kind: 'pool', recordsPane: true }),
        ];
        return kind(host.tmux.act({ incarnation: now.incarnation, session: null, pane: null }, commands));
      },
  ),
  fc.record({ at: name, fence: value, to: fc.constantFrom('f1', 'f2'), stale: fc.boolean() }).map(
    ({ at, fence, to, stale }): TmuxStep =>
      async (host, now, before) => {
        const guard = guardOn(stale ? before : now, at, false, fence);
        if (guard === null) return 'nothing there';
        const session = { type: 'id', id: guard.session.id } as const;
        const set: TmuxCommand = {
          type: 'set-option',
          scope: 'session',
          session,
          option: STAMP.fence,
          value: { type: 'literal', text: to },
        };
        return await kind(host.tmux.act(guard, [set]));
      },
  ),
  fc.record({ at: name, fence: value, kill: fc.boolean(), dead: fc.boolean(), stale: fc.boolean() }).map(
    ({ at, fence, kill, dead, stale }): TmuxStep =>
      async (host, now, before) => {
        const guard = guardOn(stale ? before : now, at, dead, fence);
        if (guard === null) return 'nothing there';
        const session = { type: 'id', id: guard.session.id } as const;
        const pane = guard.pane.id;
        return await kind(
          host.tmux.act(guard, [
            { type: 'respawn-pane', pane, cwd: '/', argv: ['sleep', '1000'], kill },
            { type: 'unset-option', session, option: STAMP.fence },
            ...stampCommands(session, { owner: 'home', kind: 'pool', recordsPane: true }),
          ]),
        );
      },
  ),
  fc.record({ at: name, stale: fc.boolean() }).map(
    ({ at, stale }): TmuxStep =>
      async (host, now, before) => {
        const guard = guardOn(stale ? before : now, at, false, '');
        if (guard === null) return 'nothing there';
        return await kind(host.tmux.act(guard, [{ type: 'kill-session', id: guard.session.id }]));
      },
  ),
  name.map(
    (at): TmuxStep =>
      async (host, now, _, end) => {
        const found = now.sessions[at];
        if (found === undefined || found.pane.dead) return 'nothing there';
        end(found.pane.pid);
        for (let tries = 0; tries < 100; tries += 1) {
          if ((await picture(host)).sessions[at]?.pane.dead === true) return 'ended';
          await sleep(10);
        }
        return 'never ended';
      },
  ),
);

async function kind(result: Promise<ActResult>): Promise<string> {
  return (await result).type;
}

/** What a look at the server tells, and that part of it in which two servers do not differ. */
async function picture(host: HostWriter) {
  const list = await host.tmux.list();
  if (list.type !== 'ok') throw new Error(`no listing: ${list.type}`);
  const { incarnation, sessions } = list.value;
  const stamps = await host.tmux.stamps(Object.keys(sessions));
  if (stamps.type !== 'ok') throw new Error(`no stamps: ${stamps.type}`);
  const found = Object.values(sessions).flatMap(({ id, name: at, panes }) => {
    const [pane] = Object.values(panes);
    return pane === undefined ? [] : [{ id, name: at, pane, options: stamps.value.sessions[id] ?? {} }];
  });
  const shown = found.map(({ name: at, pane, options }) => ({
    name: at,
    dead: pane.dead,
    owner: pane.shownOwner,
    fence: [pane.shownFence, options[STAMP.fence] ?? ''],
    recorded: [options[STAMP.pane] === pane.id, options[STAMP.pid] === String(pane.pid)],
  }));
  return {
    incarnation,
    sessions: Object.fromEntries(found.map((each) => [each.name, each])),
    shown: shown.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
