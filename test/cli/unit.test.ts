import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openRig, type Rig } from './rig.ts';

const POOL = 'pools: { auto: { prefix: ccl-auto-, max: 2 } }\n';
const NAMES = ['rollcall-test-tmux.service', 'rollcall-test.service'];

let rig: Rig;
let folder: string;
beforeEach(() => {
  rig = openRig();
  folder = join(rig.home, '.config/systemd/user');
  rig.declare(POOL);
});
afterEach(() => rig.close());

function installed(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

describe('unit', () => {
  test('prints both units and writes nothing', async () => {
    const before = readdirSync(rig.home);
    const { exit, out, err } = await rig.run(['unit']);
    expect(exit).toBe(0);
    expect(out.match(/^# .*\.service$/gm)).toEqual(NAMES.map((name) => `# ${folder}/${name}`));
    expect(out).toContain(` -f ${rig.file} run\n`);
    expect(err).toContain('systemctl --user enable --now rollcall-test-tmux.service rollcall-test.service');
    expect(err).toContain('loginctl enable-linger');
    expect(readdirSync(rig.home)).toEqual(before);
  });

  test('prints the same as a document', async () => {
    const shape = z.object({
      kind: z.literal('Units'),
      units: z.array(z.object({ path: z.string(), text: z.string() })),
      commands: z.array(z.string()),
    });
    const document = shape.parse(JSON.parse((await rig.run(['unit', '-o', 'json'])).out));
    expect(document.units.map(({ path }) => path)).toEqual(NAMES.map((name) => join(folder, name)));
    expect(document.commands[0]).toBe('systemctl --user daemon-reload');
  });

  test('installs what it prints, readable by all, with nothing left beside', async () => {
    const { out } = await rig.run(['unit']);
    const { exit, err } = await rig.run(['unit', '--install']);
    expect({ exit, wrote: err.match(/^written .*$/gm) }).toEqual({
      exit: 0,
      wrote: NAMES.map((name) => `written ${folder}/${name}`),
    });
    const files = installed();
    expect(Object.keys(files).toSorted()).toEqual(NAMES.toSorted());
    for (const [name, text] of Object.entries(files)) {
      expect(out).toContain(text);
      expect(lstatSync(join(folder, name)).mode & 0o777).toBe(0o644);
    }
  });

  test('replaces its own text after a change, and leaves what is the same', async () => {
    await rig.run(['unit', '--install']);
    const before = installed();
    expect((await rig.run(['unit', '--install'])).err.match(/^unchanged /gm)).toHaveLength(2);
    expect(installed()).toEqual(before);
    const env = { ...rig.env, LANG: 'en_GB.UTF-8' };
    expect((await rig.run(['unit', '--install'], { env })).err.match(/^replaced /gm)).toHaveLength(2);
    expect(Object.values(installed()).every((text) => text.includes('LANG=en_GB.UTF-8'))).toBe(true);
  });

  test.each([
    ['was edited', (text: string) => text.replace('WatchdogSec=90', 'WatchdogSec=9')],
    ['was edited in its head', (text: string) => text.replace('# Change it', '# Changed')],
    ['is of somebody else', () => '[Service]\nExecStart=/bin/true\n'],
    ['is empty', () => ''],
  ])('writes neither unit where one %s', async (_, spoil) => {
    await rig.run(['unit', '--install']);
    const spoilt = join(folder, 'rollcall-test.service');
    writeFileSync(spoilt, spoil(readFileSync(spoilt, 'utf8')));
    const before = installed();
    const env = { ...rig.env, LANG: 'en_GB.UTF-8' };
    const { exit, err } = await rig.run(['unit', '--install'], { env });
    expect(exit).toBe(5);
    expect(err).toContain(spoilt);
    expect(installed()).toEqual(before);
  });

  test('leaves a masked unit masked', async () => {
    mkdirSync(folder, { recursive: true });
    symlinkSync('/dev/null', join(folder, 'rollcall-test.service'));
    expect((await rig.run(['unit', '--install'])).exit).toBe(5);
    expect(readdirSync(folder)).toEqual(['rollcall-test.service']);
    expect(readlinkSync(join(folder, 'rollcall-test.service'))).toBe('/dev/null');
  });

  test('leaves a link where it is, though it leads to our own text', async () => {
    await rig.run(['unit', '--install']);
    const unit = join(folder, 'rollcall-test.service');
    const kept = join(rig.home, 'kept.service');
    renameSync(unit, kept);
    symlinkSync(kept, unit);
    const env = { ...rig.env, LANG: 'en_GB.UTF-8' };
    expect((await rig.run(['unit', '--install'], { env })).exit).toBe(5);
    expect(readlinkSync(unit)).toBe(kept);
  });

  test('says that a server is there already, and that its unit will leave it alone', async () => {
    expect((await rig.run(['unit'])).err).not.toContain('already');
    rig.tmux('new-session', '-d', '-s', 'mine', 'sleep 100');
    const { err } = await rig.run(['unit']);
    expect(err).toContain(`A tmux server runs at ${rig.socket} already (pid `);
    expect(rig.tmux('list-sessions', '-F', '#{session_name}').trim()).toBe('mine');
  });

  test('carries the variables that say where things are, a UTF-8 locale, and none of the others', async () => {
    const env = {
      ...rig.env,
      LANG: 'C',
      TMUX_TMPDIR: rig.home,
      GH_TOKEN: 'hidden',
      PATH: `${rig.env['PATH'] ?? ''}:rel`,
    };
    const { out } = await rig.run(['unit'], { env });
    const lines = out.match(/^Environment=.*$/gm) ?? [];
    expect(lines).toContain(`Environment=XDG_STATE_HOME=${rig.home}/state`);
    expect(lines).toContain(`Environment=TMUX_TMPDIR=${rig.home}`);
    expect(lines).toContain('Environment=LANG=C.UTF-8');
    expect(lines.find((line) => line.includes('PATH='))).not.toMatch(/:rel$/);
    expect(out).not.toContain('hidden');
  });

  test('takes one of --user and --system, and a good file', async () => {
    expect((await rig.run(['unit', '--user', '--system'])).exit).toBe(64);
    expect((await rig.run(['unit', '--system'])).out).toMatch(
      /^# \/etc\/systemd\/system\/rollcall-test\.service$/m,
    );
    rig.declare('pools: 1\n');
    expect((await rig.run(['unit', '--install'])).exit).toBe(78);
  });

  test('refuses a path that would be a line of its own in a unit', async () => {
    const env = { ...rig.env, XDG_STATE_HOME: '/x\nExecStartPre=/bin/true' };
    expect((await rig.run(['unit'], { env })).exit).toBe(5);
  });
});
