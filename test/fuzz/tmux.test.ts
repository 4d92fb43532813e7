import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseListing } from '../../src/host/tmux/parse.ts';
import { parseStamps } from '../../src/host/tmux/parse-stamps.ts';
import type { TmuxListing, TmuxStamps } from '../../src/model/host.ts';
import { readStamp } from '../../src/observe/stamp.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { fuzz, PATIENCE_MS } from './fuzz.ts';
import { mutated } from './mutate.ts';

const MARK = '0123456789abcdef0123456789abcdef';

/** What others may have put where tmux prints it: anything but a line end, and never the mark. */
const arbForeign = fc.oneof(
  fc.constantFrom(
    '',
    'ccl-auto-11',
    ' ',
    'P $1 %1 1',
    'E',
    '#{pane_id}',
    "it's",
    '\u001b[31m',
    '$1',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\n', '')),
);

const arbPane = fc.record({
  pid: fc.nat(9_999_999),
  dead: fc.boolean(),
  inMode: fc.boolean(),
  name: arbForeign,
  command: arbForeign,
  cwd: arbForeign,
  owner: arbForeign,
  fence: arbForeign,
});

const arbSessions = fc.array(
  fc.record({
    name: arbForeign,
    created: fc.nat(2_000_000_000),
    attached: fc.nat(9),
    panes: fc.array(arbPane, { minLength: 1, maxLength: 3 }),
    keys: fc.array(fc.nat(2_000_000_000), { maxLength: 2 }),
  }),
  { maxLength: 5 },
);

type Sessions = typeof arbSessions extends fc.Arbitrary<infer T> ? T : never;

/** What tmux prints for these sessions, asked by `listQuery`. */
function printed(sessions: Sessions): string {
  const ids = sessions.map((_, at) => `$${String(at)} `).join('');
  const panes = sessions.flatMap(({ name, created, attached, panes: all }, at) =>
    all.map((pane, of) => {
      const dead = pane.dead ? '1 0 ' : '0  ';
      const fields = `P $${String(at)} %${String(at * 10 + of)} ${String(pane.pid)} ${String(created)} ${String(attached)} ${dead} ${pane.inMode ? '1' : '0'} 0 0`;
      return [fields, name, pane.command, pane.cwd, pane.owner, `${pane.fence}\n`]
        .map((part) => MARK + part)
        .join('');
    }),
  );
  const clients = sessions.flatMap(({ keys }, at) =>
    keys.map((key) => `${MARK}C $${String(at)} ${String(key)}\n`),
  );
  return [`${MARK}H 77 1795392000 ${ids}\n`, ...panes, ...clients, `${MARK}E\n`].join('');
}

/** The same as a look is to see it. */
function seen(sessions: Sessions): TmuxListing {
  return {
    incarnation: { pid: 77, startTime: 1_795_392_000 },
    sessions: Object.fromEntries(
      sessions.map(({ name, created, attached, panes, keys }, at) => [
        `$${String(at)}`,
        {
          id: `$${String(at)}`,
          name,
          created,
          attached,
          lastKey: keys.length === 0 ? null : Math.max(...keys),
          panes: Object.fromEntries(
            panes.map(({ pid, dead, command, cwd, inMode, owner, fence }, of) => {
              const id = `%${String(at * 10 + of)}`;
              const deadStatus = dead ? 0 : null;
              return [
                id,
                {
                  id,
                  pid,
                  dead,
                  deadStatus,
                  deadSignal: null,
                  command,
                  cwd,
                  inMode,
                  inputOdd: false,
                  shownOwner: owner,
                  shownFence: fence,
                },
              ];
            }),
          ),
        },
      ]),
    ),
  };
}

it(
  'a listing is what tmux printed, whatever names others chose, and none where any of it is missing',
  () => {
    expect(
      fuzz('tmux listing', fc.tuple(arbSessions, fc.nat()), ([sessions, cut]) => {
        const out = printed(sessions);
        const whole = parseListing(out, MARK);
        if (!whole.ok) return whole.text;
        // By the text: a session or a pane of the same name stands at the same place.
        if (JSON.stringify(whole.value) !== JSON.stringify(seen(sessions)))
          return JSON.stringify(whole.value);
        return parseListing(out.slice(0, cut % out.length), MARK).ok
          ? 'half an answer was taken for a whole one'
          : null;
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const LISTINGS = fc
  .sample(arbSessions, { numRuns: 40, seed: 1 })
  .map(printed)
  .toSorted((one, other) => one.length - other.length);
const WORDS = [
  MARK,
  `${MARK}P `,
  `${MARK}H `,
  `${MARK}C $1 7\n`,
  `${MARK}E\n`,
  `${MARK}I $1 1\n`,
  `${MARK}T %1 1 0 0 on`,
  '$1',
  '%1',
  ' 1 ',
];

it(
  'a damaged listing is refused, or still of the shape it must have',
  () => {
    expect(
      fuzz('damaged tmux listing', mutated(LISTINGS, WORDS), (out) => {
        const found = parseListing(out, MARK);
        return found.ok ? wrongListing(found.value) : found.text === '' ? 'says no reason' : null;
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

function wrongListing({ incarnation, sessions }: TmuxListing): string | null {
  if (!whole(incarnation.pid) || !whole(incarnation.startTime)) return 'no server';
  for (const [id, session] of Object.entries(sessions)) {
    if (id !== session.id || !/^\$\d+$/.test(id)) return `session ${id}`;
    if (!whole(session.created) || !whole(session.attached)) return 'numbers';
    if (session.lastKey !== null && !whole(session.lastKey)) return `key ${String(session.lastKey)}`;
    if (Object.keys(session.panes).length === 0) return 'a session without panes';
    for (const [key, pane] of Object.entries(session.panes)) {
      if (key !== pane.id || !/^%\d+$/.test(key) || !whole(pane.pid)) return `pane ${key}`;
      if (pane.deadSignal !== null && !whole(pane.deadSignal)) return 'signal';
    }
  }
  return null;
}

/** Digits only; so many of them that they are no whole number any more name nothing that lives. */
function whole(value: number): boolean {
  return value >= 0 && !Number.isNaN(value) && (Number.isInteger(value) || value === Infinity);
}

const arbOptions = fc.dictionary(
  fc.constantFrom(
    '@rollcall_owner',
    '@rollcall_kind',
    '@rollcall_pane',
    '@rollcall_pid',
    '@rollcall_fence',
    '@rollcall_phase',
  ),
  fc.stringMatching(/^[A-Za-z0-9_.:%$/-]{0,20}$/),
);
const arbScreen = fc.record({
  text: fc.array(arbForeign, { maxLength: 4 }).map((rows) => rows.join('\n')),
  title: arbForeign,
  x: fc.nat(500),
  y: fc.nat(200),
});
const arbAnswer = fc.tuple(fc.array(arbOptions, { maxLength: 4 }), fc.array(arbScreen, { maxLength: 4 }));

type Answer = typeof arbAnswer extends fc.Arbitrary<infer T> ? T : never;

/** What tmux prints for these, asked by `stampsQuery`; options of others among ours. */
function stampsPrinted([options, screens]: Answer): string {
  const sessions = options.map((own, at) => {
    const lines = Object.entries(own).map(
      ([key, value]) =>
        `${key} ${value === '' ? "''" : value.includes('$') ? `"${value.replaceAll('$', String.raw`\$`)}"` : value}\n`,
    );
    return `status on\n${lines.join('')}@theirs "x"\n${MARK}I $${String(at)} ${String(at)}\n`;
  });
  const panes = screens.map(
    ({ text, title, x, y }, at) =>
      `${text}\n${MARK}T %${String(at)} ${String(at)} ${String(x)} ${String(y)} on${MARK}${title}${MARK}N\n`,
  );
  return `${MARK}G 77 1795392000\nbuffer-limit 50\n${MARK}S\n${sessions.join('')}${panes.join('')}${MARK}E\n`;
}

it(
  'the options and screens are what tmux printed, and none where any of it is missing',
  () => {
    expect(
      fuzz('tmux stamps and screens', fc.tuple(arbAnswer, fc.nat()), ([answer, cut]) => {
        const out = stampsPrinted(answer);
        const found = parseStamps(out, MARK);
        if (!found.ok) return found.text;
        const { sessions, screens, inherited } = found.value;
        if (inherited) return 'a global option of ours';
        const [options, texts] = answer;
        for (const [at, own] of options.entries())
          if (JSON.stringify(sessions[`$${String(at)}`]) !== JSON.stringify(own))
            return JSON.stringify(sessions);
        for (const [at, { text, title }] of texts.entries()) {
          const screen = screens[`%${String(at)}`];
          if (screen?.text !== text || screen.title !== title) return JSON.stringify(screens);
        }
        return parseStamps(out.slice(0, cut % out.length), MARK).ok
          ? 'half an answer was taken for a whole one'
          : null;
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const ANSWERS = fc.sample(arbAnswer, { numRuns: 40, seed: 1 }).map(stampsPrinted);

it(
  'damaged options make no stamp that we do not write',
  () => {
    expect(
      fuzz(
        'damaged tmux stamps',
        mutated(ANSWERS, [
          ...WORDS,
          '@rollcall_owner real\n',
          '@rollcall_kind pool\n',
          '@rollcall_fence abcd1234\n',
          '@rollcall_phase working\n',
        ]),
        (out) => {
          const found = parseStamps(out, MARK);
          return found.ok ? wrongStamps(found.value) : found.text === '' ? 'says no reason' : null;
        },
      ),
    ).toBeNull();
  },
  PATIENCE_MS,
);

function wrongStamps({ sessions, screens }: TmuxStamps): string | null {
  for (const [id, options] of Object.entries(sessions)) {
    if (!/^\$\d+$/.test(id)) return `session ${id}`;
    const stamp = readStamp(options);
    if (stamp === null) continue;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(stamp.owner)) return `owner ${stamp.owner}`;
    if ((stamp.pane === null) !== (stamp.pid === null)) return 'half a record of a process';
    if (stamp.work !== null && !/^[a-z0-9]{4,32}$/.test(stamp.work.attempt))
      return `attempt ${stamp.work.attempt}`;
  }
  return Object.keys(screens).every((id) => /^%\d+$/.test(id)) ? null : 'a screen of no pane';
}

it('256 KiB of any kind take at most 50 ms', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(262_144 / unit.length)).slice(0, 262_144);
  const units = [
    '\n',
    ' ',
    'x',
    ...WORDS,
    LISTINGS.at(-1) ?? '',
    ANSWERS.at(-1) ?? '',
    '@rollcall_owner real\n',
  ];
  for (const unit of units) {
    for (const text of [
      filled(unit),
      `${MARK}H 1 1 ${filled('$1 ')}\n${filled(unit)}`,
      `${MARK}G 1 1\n${MARK}S\n${filled(unit)}${MARK}E\n`,
    ]) {
      const took = Math.max(
        cpuMs(() => parseListing(text, MARK)),
        cpuMs(() => parseStamps(text, MARK)),
      );
      expect({ unit, quick: took < 50, took }).toMatchObject({ quick: true });
    }
  }
});
