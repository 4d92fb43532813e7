import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { readSavedPlan } from '../../src/commands/saved-plan.ts';
import { Stop } from '../../src/commands/stop.ts';
import { loadLastGood, saveLastGood } from '../../src/host/state/last-good.ts';
import { readHolder } from '../../src/host/state/lock.ts';
import { readLoopInfo } from '../../src/host/state/loop-info.ts';
import { loadMemory, saveMemory } from '../../src/host/state/memory-store.ts';
import { readEvents } from '../../src/host/state/read-events.ts';
import { readSuspensions, writeSuspensions } from '../../src/host/state/suspensions.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { fuzz, PATIENCE_MS } from './fuzz.ts';
import { mutated } from './mutate.ts';

/** On memory, not on disk: each case is a file that is read. */
const dir = mkdtempSync(join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'rollcall-fuzz-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const put = (name: string, text: string): void => writeFileSync(join(dir, name), text);

const MEMORY: Memory = {
  ...NO_MEMORY,
  accepted: {
    pools: {
      auto: { prefix: 'a-', startIndex: 1, min: 2, max: 3, cwd: '/w', agent: 'claude', cooldownMs: 5 },
    },
    prune: 'never',
    socket: { type: 'name', name: 'default' },
  },
  server: { socket: '/s', pid: 7, procStart: '99' },
  deaths: { 'a-1': { at: [1, 2], lastPid: 8, lastAt: 2 } },
  failures: { 'session/a-1': { count: 1, lastAt: 3, why: 'x' } },
  screens: { abcd1234: { hash: 'h', since: 4 } },
  announced: { 'fleet.blocked': 'blocked' },
  quota: {
    accounts: {
      main: {
        exhaustedUntil: 9,
        because: { since: 1, source: 'screen', confidence: 'read', session: 'a-1', rule: 'r', text: 't' },
        suspicion: { since: 1, at: 2, looks: 1 },
        loggedOutAt: null,
        used: { five_hour: { percent: 50, resetsAt: null, at: 3 } },
      },
    },
    swaps: [{ agent: 'claude', from: 'main', to: 'backup', at: 4, byHand: false, made: true }],
  },
};
const WORDS = [
  '"__proto__":{},',
  '"constructor":{},',
  '"deaths":{"__proto__":{"at":[],"lastPid":1,"lastAt":1}},',
  'null',
  '[]',
  '{}',
  '-1',
  '1.5',
  '1e400',
  '"x"',
  '{"',
  '":',
  ',',
  '}',
];

it(
  'what is remembered is believed whole or not at all, and remembered again as it was read',
  () => {
    const corpus = [JSON.stringify(MEMORY), JSON.stringify(NO_MEMORY)];
    expect(believed(corpus[0] ?? '')).toEqual(MEMORY);
    expect(
      fuzz('state.json', mutated(corpus, WORDS), (data) => {
        const memory = believed(data);
        // One that is saved is read again, whatever others had made of it.
        if (saveMemory(dir, memory, 1) !== null) return 'could not be saved';
        const again = loadMemory(dir);
        if (again.problem !== null) return again.problem.detail;
        return isDeepStrictEqual(again.memory, memory) ? null : 'reads otherwise';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

/** What a file with this data and its right checksum says, where the data is JSON; with a wrong one it says nothing. */
function believed(data: string): Memory {
  let hash = 'x';
  try {
    hash = createHash('sha256')
      .update(JSON.stringify(JSON.parse(data)))
      .digest('hex');
  } catch {
    // Not JSON: neither is the file.
  }
  rmSync(join(dir, 'state.json.prev'), { force: true });
  put('state.json', `{"schema":1,"serial":3,"sha256":"${hash}","data":${data}}`);
  return loadMemory(dir).memory;
}

it(
  'the other files of the state folder are believed whole or not at all',
  () => {
    const suspended = JSON.stringify({ 'session/a-1': { since: 1, until: null, reason: 'x', by: 'ann' } });
    const loop = JSON.stringify({ pid: 7, procStart: '9', since: 1, lastCycleAt: null });
    const holder = JSON.stringify({ pid: 7, procStart: '9', since: 1, host: 'h', command: 'rollcall run' });
    saveLastGood(dir, { file: '/f', text: 'name: a\n' });
    const good = JSON.stringify({
      file: '/f',
      sha256: createHash('sha256').update('a').digest('hex'),
      text: 'a',
    });
    expect(
      fuzz(
        'suspensions, loop, holder, last good',
        mutated([suspended, loop, holder, good], WORDS),
        (text) => {
          for (const name of ['suspensions.json', 'loop.json', 'holder.json', 'last-good.json'])
            put(name, text);
          const suspensions = readSuspensions(dir);
          if (!suspensions.ok && suspensions.diagnostic.detail === '') return 'a problem without words';
          if (suspensions.ok && writeSuspensions(dir, suspensions.value) !== null)
            return 'could not be written';
          if (suspensions.ok && !sameAgain(suspensions.value)) return 'suspensions read otherwise';
          const { running, pid } = readLoopInfo(dir, () => null);
          if (running || pid !== null) return 'a loop that does not run';
          const held = readHolder(dir);
          if (held !== null && (!Number.isSafeInteger(held.pid) || typeof held.command !== 'string'))
            return 'holder';
          const last = loadLastGood(dir);
          if (!last.ok || last.value === null) return null;
          return createHash('sha256').update(last.value.text).digest('hex') === JSON.parse(text).sha256
            ? null
            : 'a text nobody kept';
        },
      ),
    ).toBeNull();
  },
  PATIENCE_MS,
);

function sameAgain(value: unknown): boolean {
  const again = readSuspensions(dir);
  return again.ok && JSON.stringify(again.value) === JSON.stringify(value);
}

const EVENT = JSON.stringify({
  at: '2026-11-23T08:00:00.000Z',
  type: 'session.created',
  severity: 'info',
  target: 'session/a-1',
  message: 'made',
  fields: {},
});

it(
  'a journal gives its whole events, and skips what is torn',
  () => {
    put('events.jsonl', `${EVENT}\n`);
    const known = readEvents(dir).length;
    expect(
      fuzz('journal', mutated([`${EVENT}\n${EVENT}\n`, EVENT], [...WORDS, '\n', EVENT]), (text) => {
        put('events.jsonl', `${EVENT}\n${text}\n${EVENT}\n`);
        const events = readEvents(dir);
        if (events.length < 2 * known) return 'whole events were lost';
        return events.every(({ at, type, message }) =>
          [at, type, message].every((each) => typeof each === 'string'),
        )
          ? null
          : 'an event without its words';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const PLAN = JSON.stringify({
  apiVersion: 'rollcall/v1',
  kind: 'Plan',
  fleet: 'home',
  desiredHash: 'x',
  actions: [
    { type: 'session.create', target: 'session/a-1', effect: { type: 'session.create', name: 'a-1' } },
  ],
});

it(
  'a saved plan is one that was saved, or the file is called bad',
  () => {
    const sink = { write: () => undefined, isTTY: false, columns: null };
    const context = {
      file: null,
      output: 'text',
      colour: 'never',
      io: {
        stdout: sink,
        stderr: sink,
        env: {},
        cwd: dir,
        now: () => 0,
        ask: null,
        interruption: () => new AbortController().signal,
        onHangup: () => undefined,
        gone: new AbortController().signal,
        runOnTerminal: () => Promise.resolve(1),
      },
    } as const;
    expect(
      fuzz('saved plans', mutated([PLAN], [...WORDS, '"actions":[],', '"kind":"Plan",']), (text) => {
        put('plan.json', text);
        try {
          const { fleet, desiredHash, actions } = readSavedPlan(context, 'plan.json');
          if (typeof fleet !== 'string' || typeof desiredHash !== 'string') return 'of no fleet';
          return actions.every(
            ({ type, target, effect }) => `${type}${target}` !== '' && typeof effect === 'object',
          )
            ? null
            : 'an action without an effect';
        } catch (error) {
          return error instanceof Stop && error.exit === 78 ? null : String(error);
        }
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

it('256 KiB of any kind take at most 50 ms', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(262_144 / unit.length)).slice(0, 262_144);
  for (const unit of [...WORDS, '[', '{"a":', '\n', `${EVENT}\n`]) {
    for (const name of ['state.json', 'suspensions.json', 'events.jsonl', 'last-good.json'])
      put(name, filled(unit));
    const took = Math.max(
      ...[loadMemory, readSuspensions, readEvents, loadLastGood].map((read) => cpuMs(() => read(dir))),
    );
    expect({ unit, quick: took < 50, took }).toMatchObject({ quick: true });
  }
});
