import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { GROUPS, VERBS } from '../../src/cli/verbs.ts';
import { OUTPUT_NAMES } from '../../src/report/schemas.ts';
import { SHELLS, type Shell } from '../../src/report/completion/command-line.ts';
import { often } from '../support/heavy.ts';
import { BARE, type Desk, isInstalled, openDesk } from './shells.ts';

const LINE = commandLine(VERBS, GROUPS);
const SHOWN = [...new Set(LINE.verbs.map(({ name }) => name.split(' ')[0] ?? ''))];
const OF_TASK = LINE.verbs.flatMap(({ name }) => (name.startsWith('task ') ? [name.slice(5)] : []));
/** Commands when the name is run, which is what must never happen. */
const HOSTILE = 'evil$(touch ran);`touch ran`';

let desk: Desk;
beforeAll(async () => {
  desk = openDesk();
  const { rig } = desk;
  rig.declare(
    [
      `accounts: { main: { home: ${rig.home} } }`,
      `pools: { auto: { prefix: auto-, max: 2, cwd: ${rig.home} } }`,
      `inboxes: { box: { dir: ${rig.home}/q/inbox, pool: auto } }`,
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(rig.home, 'other.yaml'),
    'apiVersion: rollcall/v1\nkind: Fleet\nname: other\naccounts: { else: { home: ./x } }\n',
  );
  for (const folder of ['inbox', 'claimed', 'failed'])
    mkdirSync(join(rig.home, 'q', folder), { recursive: true });
  for (const file of ['inbox/waits.md', 'claimed/runs@auto-0@abcd.md', 'failed/failed.md'])
    writeFileSync(join(rig.home, 'q', file), 'x');
  rig.tmux('new-session', '-d', '-s', HOSTILE);
  rig.tmux('new-session', '-d', '-s', 'solo');
  rig.tmux('new-session', '-d', '-s', "two words 'quoted'");
});
afterAll(() => desk.rig.close());

const OFFERED: readonly (readonly [line: string, offers: readonly string[]])[] = [
  ['rollcall ', [...SHOWN, 'help']],
  ['rollcall st', ['status']],
  ['rollcall -f other.yaml --color never st', ['status']],
  ['rollcall nonsense ', []],
  ['rollcall task ', OF_TASK],
  ['rollcall -o json task li', ['list']],
  ['rollcall task nonsense ', []],
  ['rollcall task list --st', ['--state']],
  ['rollcall task list --state re', ['rejected']],
  ['rollcall task add --inbox ', ['box']],
  ['rollcall task --color never cancel ', ['box/runs', 'box/waits']],
  ['rollcall task done ', ['box/runs']],
  ['rollcall task retry ', ['box/failed']],
  ['rollcall task show box/w', ['box/waits']],
  ['rollcall status --', ['--exit-code', '--watch', '--file', '--output', '--color', '--help']],
  ['rollcall -o ', ['text', 'json']],
  ['rollcall --color n', ['never']],
  ['rollcall completion ', SHELLS],
  ['rollcall schema ', ['Fleet', ...OUTPUT_NAMES]],
  ['rollcall schema Plan ', []],
  ['rollcall help st', ['status']],
  ['rollcall events --since ', []],
  ['rollcall adopt ', []],
  ['rollcall attach so', ['solo']],
  ['rollcall env --account ', ['main']],
  ['rollcall -f other.yaml env --account ', ['else']],
  ['rollcall --file=other.yaml env --account ', ['else']],
  ['rollcall -f nowhere.yaml env --account ', []],
  ['rollcall suspend pool/auto session/auto-1', ['session/auto-1']],
  ['rollcall suspend --reason pool pool/', ['pool/auto']],
  ['rollcall suspend -- p', ['pool/auto']],
];

describe.skipIf(!isInstalled('bash'))('bash, where it is installed,', () => {
  test.each(OFFERED.filter((_, at) => at % often(2, 1) === 0))(
    'offers what goes on from %j',
    (line, expected) => {
      expect(desk.offers('bash', line).toSorted()).toEqual(expected.toSorted());
    },
  );

  test.each([
    ['rollcall --output=', ['json', 'text']],
    ['rollcall --output=j', ['json']],
    ['rollcall env --account=m', ['main']],
  ])('offers only the value after = in %j, as readline takes it for a word', (line, expected) => {
    expect(desk.offers('bash', line).toSorted()).toEqual(expected);
  });

  test('quotes a name, so that the shell reads it as itself', () => {
    const [quoted = ''] = desk.offers('bash', 'rollcall attach evil');
    expect(desk.sh('bash', `printf %s ${quoted}`)).toBe(HOSTILE);
    expect(existsSync(join(desk.rig.home, 'ran'))).toBe(false);
  });
});

/** One generator writes all scripts, so another shell is tried on other lines. */
const SOME = OFFERED.filter((_, at) => at % often(4, 1) === often(1, 0));

describe.skipIf(!isInstalled('fish'))('fish, where it is installed,', () => {
  test.each(SOME)('offers what goes on from %j', (line, expected) => {
    expect(desk.offers('fish', line).toSorted()).toEqual(expected.toSorted());
  });

  test('offers the flag with each value after =', () => {
    expect(desk.offers('fish', 'rollcall --output=j')).toEqual(['--output=json']);
  });

  test.each(['rollcall -f oth', 'rollcall screen oth', 'rollcall apply oth', 'rollcall plan --out oth'])(
    'offers files in %j',
    (line) => {
      expect(desk.offers('fish', line)).toEqual(['other.yaml']);
    },
  );
});

for (const shell of SHELLS)
  describe.skipIf(!isInstalled(shell))(`the TAB key in ${shell}, where it is installed,`, () => {
    test.each([
      ['rollcall scr', 'rollcall screen '],
      ['rollcall --col', 'rollcall --color '],
      ['rollcall --output=j', 'rollcall --output=json '],
      ['rollcall env --account m', 'rollcall env --account main '],
      ['rollcall -f oth', 'rollcall -f other.yaml '],
      ['rollcall attach so', 'rollcall attach solo '],
      ['rollcall suspend po', 'rollcall suspend pool/auto '],
      ['rollcall task ca', 'rollcall task cancel '],
      ['rollcall task cancel box/w', 'rollcall task cancel box/waits '],
    ])('makes of %j %j', async (typed, expected) => {
      const { line } = await pressed(shell, typed);
      expect(line).toBe(expected);
    });

    test.each([
      ['evil', HOSTILE],
      ['two', "two words 'quoted'"],
    ])('makes of %j one word that is the name, and runs nothing of it', async (typed, name) => {
      const { words } = await pressed(shell, `rollcall attach ${typed}`);
      expect(words).toEqual(['attach', name]);
      expect(existsSync(join(desk.rig.home, 'ran'))).toBe(false);
    });
  });

/** What a real terminal shows after TAB, its line with the trailing blank, and the words that Enter then gives the program. */
async function pressed(
  shell: Shell,
  typed: string,
): Promise<{ readonly line: string; readonly words: readonly string[] }> {
  const { rig } = desk;
  const name = `tab-${shell}`;
  const log = join(rig.home, 'words');
  writeFileSync(log, '');
  // As `-e` it would not do: tmux puts the caller's PATH over it.
  const env = Object.entries(desk.env).map(([key, value]) => `${key}=${value}`);
  const pane = ['-x', '100', '-y', '20', '-s', name, '-c', rig.home];
  rig.tmux('new-session', '-d', ...pane, 'env', ...env, shell, ...BARE[shell], '-i');
  const keys = (...list: readonly string[]): string => rig.tmux('send-keys', '-t', `=${name}:`, ...list);
  const screen = (): string => rig.tmux('capture-pane', '-p', '-t', `=${name}:`);
  try {
    keys('-l', PREPARE[shell](desk.script(shell), log));
    keys('Enter');
    await until(() => screen().startsWith('ready\n$'));
    keys('-l', typed);
    keys('Tab');
    // Where the cursor stands tells that TAB is done, and the blank behind a whole word.
    await until(() => column(name) > typed.length + 2 && !screen().includes('^I'));
    const line = screen().trimEnd().split('\n').at(-1) ?? '';
    const shown = line.slice(2).padEnd(column(name) - 2);
    keys('Enter');
    await until(() => words(log).length > 0);
    return { line: shown, words: words(log) };
  } finally {
    const pid = Number(rig.tmux('display-message', '-p', '-t', `=${name}:`, '#{pane_pid}').trim());
    rig.tmux('kill-session', '-t', `=${name}`);
    await until(() => !existsSync(`/proc/${String(pid)}`));
  }
}

function column(name: string): number {
  return Number(desk.rig.tmux('display-message', '-p', '-t', `=${name}:`, '#{cursor_x}').trim());
}

function words(log: string): readonly string[] {
  return readFileSync(log, 'utf8').split('\n').slice(0, -1);
}

/** One line that sources the script, and puts in the place of rollcall a function that writes its words down. */
const PREPARE: Readonly<Record<Shell, (script: string, log: string) => string>> = {
  bash: (script, log) =>
    `PS1='$ '; source ${script}; rollcall() { printf '%s\\n' "$@" >${log}; }; clear; echo ready`,
  zsh: (script, log) =>
    `PROMPT='$ '; autoload -Uz compinit; compinit -D -u; source ${script}; rollcall() { printf '%s\\n' "$@" >${log} }; clear; echo ready`,
  fish: (script, log) =>
    `function fish_prompt; printf '$ '; end; set fish_autosuggestion_enabled 0; source ${script}; function rollcall; printf '%s\\n' $argv >${log}; end; clear; echo ready`,
};

/** Until it holds twice, 50 ms apart: a terminal draws piece by piece. */
async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  for (let held = 0; held < 2; held = holds() ? held + 1 : 0) {
    if (performance.now() > end) throw new Error('it did not come to that');
    await new Promise((done) => setTimeout(done, 50));
  }
}
