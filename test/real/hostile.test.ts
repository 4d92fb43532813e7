import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { rawServer } from './world.ts';

const HEAD = `
apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { maxDisruptions: 100% }
tmux: { socket: SOCKET }
`;
const DECLARED = `${HEAD}
accounts:
  main: { home: ~/.claude-main }
sharedState: { root: ~/.claude-shared, entries: [projects] }
pools:
  auto: { prefix: ccl-auto-, min: 2, max: 4, cwd: ~/work }
`;

/** What tmux lets somebody call a session; it makes `_` of `.` and `:` itself. */
const NAMES: readonly (string | Buffer)[] = [
  '#(touch RAN)',
  '#{E:#(touch RAN)}',
  'ccl-auto-1; kill-server',
  "ccl-auto-0' ; kill-session '",
  '$0',
  '%0',
  '=ccl-auto-0',
  '{last}',
  '-t',
  'a\nP $0 %0 1 1 1 0\nreal',
  '\u001b[2Jgone\u0007',
  '\u202eevil',
  'x'.repeat(10_000),
  Buffer.from([0x61, 0xff, 0xfe, 0x62]),
  '../../etc',
  '日本語 é',
];

describe('a server full of hostile sessions', () => {
  it('runs nothing, loses nothing, and prints no control character', async () => {
    const fleet = fleetMachine(DECLARED);
    onTestFinished(() => fleet.cleanup());
    mkdirSync(join(fleet.home, '.claude-main'));
    symlinkSync('\u001b]0;title\u0007/nowhere\n$(touch RAN)', join(fleet.home, '.claude-main/projects'));
    const made = NAMES.map((name, i) => hostileSession(fleet, name, i));
    expect(made.filter(Boolean).length).toBeGreaterThan(10);
    // Titles, options and environments have their say, too.
    for (const { id } of rawServer(fleet.machine)?.sessions ?? []) {
      fleet.machine.tmux('select-pane', '-t', `${id}:`, '-T', '##(touch RAN) \u001b[31m');
      fleet.machine.tmux(
        'set-option',
        '-t',
        `${id}:`,
        '@rollcall_owner',
        "real,}#(touch RAN)' ; kill-server",
      );
    }
    expect(rawServer(fleet.machine)?.sessions.map(({ name }) => name)).toContain('#(touch RAN)');
    expect(ranFiles(fleet)).toEqual([]);
    const before = rawServer(fleet.machine)?.sessions.map(({ all }) => all);
    expect((await fleet.converge()).results.map(({ outcome, target }) => [outcome, target])).toEqual([
      ['applied', 'session/ccl-auto-0'],
      ['applied', 'session/ccl-auto-1'],
    ]);
    await quiet(fleet);
    // They go again, past all the names that look like theirs.
    fleet.write(HEAD);
    const gone = await fleet.converge({ massRemovalConfirmed: true });
    expect(gone.results.map(({ outcome, type }) => [outcome, type])).toEqual([
      ['applied', 'session.stop'],
      ['applied', 'session.stop'],
    ]);
    expect(rawServer(fleet.machine)?.sessions.map(({ all }) => all)).toEqual(before);
    expect(ranFiles(fleet)).toEqual([]);
  });
});

describe('a hostile file', () => {
  it.each([
    ['a prefix', HEAD + 'pools:\n  auto: { prefix: "x#(touch RAN)-", max: 1, cwd: ~/work }\n'],
    [
      'a prefix with a command',
      HEAD + 'pools:\n  auto: { prefix: "x; kill-server; ", max: 1, cwd: ~/work }\n',
    ],
    ['a dedicated name', HEAD + 'dedicated:\n  "#(touch RAN)": { cwd: ~/work }\n'],
    ['a dedicated name that is a target', HEAD + 'dedicated:\n  "=theirs": { cwd: ~/work }\n'],
    ['a dedicated name with a newline', HEAD + 'dedicated:\n  "a\\nkill-server": { cwd: ~/work }\n'],
    ['a folder', HEAD + 'dedicated:\n  ops: { cwd: "/tmp/#(touch RAN)" }\n'],
    ['a folder with a newline', HEAD + 'dedicated:\n  ops: { cwd: "/tmp/a\\nkill-server" }\n'],
    ['a fleet name that leaves its folder', HEAD.replace('name: real', 'name: ../../evil')],
    ['a fleet name with a control character', HEAD.replace('name: real', 'name: "a\\e[2J"')],
    [
      'a shared entry that leaves its folder',
      HEAD +
        'accounts:\n  main: { home: ~/.claude-main }\nsharedState: { root: ~/s, entries: ["../.ssh"] }\n',
    ],
  ])('is refused with a message and nothing done: %s', async (_, yaml) => {
    const fleet = fleetMachine(yaml);
    onTestFinished(() => fleet.cleanup());
    fleet.machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
    const before = rawServer(fleet.machine);
    const { code, out, err } = await fleet.cli('apply', '--yes');
    expect(code).toBe(78);
    expect(err).not.toBe('');
    expect(controls(out + err)).toEqual([]);
    expect(rawServer(fleet.machine)).toEqual(before);
    expect(ranFiles(fleet)).toEqual([]);
    expect(existsSync(join(fleet.home, '.local'))).toBe(false);
  });

  it('may name any folder that is there, whose name is then only a name', async () => {
    const odd = 'it\'s $(touch RAN) `touch RAN` ; & | { } \\ "%0" é';
    const fleet = fleetMachine(
      `${HEAD}dedicated:\n  ops: { cwd: ${JSON.stringify(`~/${odd}`)} }\npools:\n  auto: { prefix: a-, max: 1, cwd: ${JSON.stringify(`~/${odd}`)} }\n`,
    );
    onTestFinished(() => fleet.cleanup());
    mkdirSync(join(fleet.home, odd));
    expect((await fleet.converge()).outcome).toBe('converged');
    const cwds = fleet.machine.tmux('list-panes', '-a', '-F', '#{pane_current_path}').split('\n');
    expect(cwds).toEqual([join(fleet.home, odd), join(fleet.home, odd)]);
    expect(ranFiles(fleet)).toEqual([]);
  });
});

/** Opens a session of that name in a folder of that name, where tmux and the file system let it be. */
function hostileSession({ machine, home }: FleetMachine, name: string | Buffer, i: number): boolean {
  const folder = Buffer.concat(
    [Buffer.from(join(home, `w${String(i)}-`)), Buffer.from(name).subarray(0, 200)].map((part) =>
      Buffer.from(part),
    ),
  );
  const safe = Buffer.from(
    folder
      .toString('latin1')
      .slice(home.length + 1)
      .replaceAll('/', '_')
      .replaceAll('\0', '_'),
    'latin1',
  );
  const path = Buffer.concat([Buffer.from(`${home}/`), safe]);
  mkdirSync(path);
  writeFileSync(join(home, `script-${String(i)}`), '');
  // execve takes bytes; node's spawn does not, so a shell says them.
  // tmux itself expands the name once, on the way in: `##` is a `#` that stays.
  const bytes = Buffer.from(Buffer.from(name).toString('latin1').replaceAll('#', '##'), 'latin1');
  const octal = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const where = [...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  const line = `cd "$(printf '${where}')" && n="$(printf '${octal}.')" && exec tmux -u -S '${machine.socket}' new-session -d -s "\${n%.}" sleep 4000`;
  return spawnSync('sh', ['-c', line], { env: { ...machine.env }, cwd: home }).status === 0;
}

async function quiet(fleet: FleetMachine): Promise<void> {
  for (const verb of [
    ['plan'],
    ['status'],
    ['events'],
    ['plan', '-o', 'json'],
    ['status', '-o', 'json'],
    ['why', 'link/main/projects'],
  ]) {
    const { out, err, code } = await fleet.cli(...verb);
    expect([verb, code, controls(out + err)]).toEqual([verb, 0, []]);
  }
}

/** Control characters but newline, and what turns the direction of text. */
function controls(text: string): readonly string[] {
  return text.match(/[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu) ?? [];
}

function ranFiles({ home, machine }: FleetMachine): readonly string[] {
  const names = (folder: string): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [...names(home), ...names(machine.folder)].filter(
    (name) => /(?:^|\/)RAN/.test(name) || name.endsWith('theme-ran'),
  );
}
