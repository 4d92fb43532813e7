import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { outputSchema } from '../../src/report/schemas.ts';
import { openRig, type Rig } from './rig.ts';

const POOL = 'pools: { auto: { prefix: ccl-auto-, max: 2 } }\n';

let rig: Rig;
beforeEach(() => {
  rig = openRig();
});
afterEach(() => rig.close());

describe('the file', () => {
  test('is found by -f, then $ROLLCALL_FILE, then here, then in the configuration', async () => {
    const fleet = (name: string): string => `apiVersion: rollcall/v1\nkind: Fleet\nname: ${name}\n${POOL}`;
    const config = join(rig.home, 'config');
    mkdirSync(join(config, 'rollcall'), { recursive: true });
    writeFileSync(join(config, 'rollcall', 'desired-state.yaml'), fleet('configured'));
    const env = { ...rig.env, XDG_CONFIG_HOME: config };
    const declares = async (argv: readonly string[], more: Record<string, string> = {}): Promise<string> =>
      (await rig.run(argv, { env: { ...env, ...more } })).out.trim();
    expect(await declares(['validate'])).toMatch(/fleet configured$/);
    writeFileSync(rig.file, fleet('here'));
    expect(await declares(['validate'])).toMatch(/fleet here$/);
    writeFileSync(join(rig.home, 'e.yaml'), fleet('named'));
    expect(await declares(['validate'], { ROLLCALL_FILE: 'e.yaml' })).toMatch(/fleet named$/);
    writeFileSync(join(rig.home, 'f.yaml'), fleet('flagged'));
    expect(await declares(['-f', 'f.yaml', 'validate'], { ROLLCALL_FILE: 'e.yaml' })).toMatch(
      /fleet flagged$/,
    );
  });

  test('that is missing ends with 78 and says where it was looked for', async () => {
    const { exit, err, out } = await rig.run(['plan']);
    expect({ exit, out }).toEqual({ exit: 78, out: '' });
    expect(err).toContain('rollcall init');
    expect(err).toContain('.config/rollcall/desired-state.yaml');
  });

  test('that was named and is missing is not replaced by another', async () => {
    rig.declare(POOL);
    expect((await rig.run(['-f', 'other.yaml', 'validate'])).exit).toBe(78);
    expect((await rig.run(['validate'], { env: { ...rig.env, ROLLCALL_FILE: '/nowhere' } })).exit).toBe(78);
  });

  test.each([
    'validate',
    'plan',
    'apply',
    'status',
    'why x',
    'events',
    'env',
    'adopt x',
    'release x',
    'attach x',
    'suspend --all',
    'resume --all',
    'run',
  ])('that is bad ends `%s` with 78, every problem told', async (line) => {
    writeFileSync(rig.file, 'apiVersion: rollcall/v1\nkind: Fleet\nname: test\npoolz: {}\ndedicated: 3\n');
    const { exit, err } = await rig.run(line.split(' '));
    expect(exit).toBe(78);
    expect(err).toContain('poolz');
    expect(err).toContain('dedicated');
    expect(existsSync(rig.state)).toBe(false);
  });

  test('that is bad is a Problems document with -o json', async () => {
    writeFileSync(rig.file, 'apiVersion: rollcall/v1\nkind: Fleet\nname: test\npoolz: {}\n');
    const { exit, out } = await rig.run(['-o', 'json', 'plan']);
    expect(exit).toBe(78);
    const schema = z.fromJSONSchema(JSON.parse(JSON.stringify(outputSchema('Problems'))));
    expect(schema.safeParse(JSON.parse(out)).success).toBe(true);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Problems', valid: false });
  });

  test.each(['a FIFO', 'a folder'])('that is %s is refused and never waited for', async (what) => {
    if (what === 'a folder') mkdirSync(rig.file);
    else execFileSync('mkfifo', [rig.file]);
    const { exit, err } = await rig.run(['validate']);
    expect(exit).toBe(78);
    expect(err).toContain('not a regular file');
  });

  test('cannot write to the terminal through its errors', async () => {
    writeFileSync(
      rig.file,
      'apiVersion: rollcall/v1\nkind: Fleet\nname: "\u001b]0;pwn\u0007"\n"po\u009bolz": {}\n',
    );
    const { exit, err } = await rig.run(['validate']);
    expect(exit).toBe(78);
    expect(err).toMatch(/^[^\p{Cc}]*$/mu);
    expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('init', () => {
  test('writes a file that is valid, and its schema', async () => {
    expect((await rig.run(['init'])).exit).toBe(0);
    expect((await rig.run(['validate'])).exit).toBe(0);
    expect(readFileSync(rig.file, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/desired-state\.schema\.json\n/,
    );
    const schema = JSON.parse(readFileSync(join(rig.home, 'desired-state.schema.json'), 'utf8'));
    expect(schema).toEqual(JSON.parse((await rig.run(['schema'])).out));
  });

  test('overwrites nothing', async () => {
    writeFileSync(rig.file, 'mine');
    const { exit } = await rig.run(['init']);
    expect(exit).toBe(5);
    expect(readFileSync(rig.file, 'utf8')).toBe('mine');
    expect(existsSync(join(rig.home, 'desired-state.schema.json'))).toBe(false);
  });

  test('writes through no link that dangles', async () => {
    symlinkSync(join(rig.home, 'elsewhere'), rig.file);
    expect((await rig.run(['init'])).exit).toBe(5);
    expect(existsSync(join(rig.home, 'elsewhere'))).toBe(false);
  });

  test('prints commands that make the declared layout, runs none, and prints those that undo them', async () => {
    mkdirSync(join(rig.home, '.claude', 'projects'), { recursive: true });
    writeFileSync(join(rig.home, '.claude', 'projects', 'a'), 'work');
    writeFileSync(join(rig.home, '.claude.json'), '{}');
    const before = tree(rig.home);
    const { out, exit } = await rig.run(['init']);
    expect(exit).toBe(0);
    expect(tree(rig.home).filter((each) => !each.includes('desired-state'))).toEqual(before);
    const [forth = '', back = ''] = out.split('undo it:');
    execFileSync('sh', ['-e'], { input: commands(forth) });
    expect((await rig.run(['-o', 'json', 'plan'])).out).not.toContain('"severity": "error"');
    expect(readFileSync(join(rig.home, '.claude', 'projects', 'a'), 'utf8')).toBe('work');
    execFileSync('sh', ['-e'], { input: commands(back) });
    const after = tree(rig.home).filter((each) => !/desired-state|\.undone|claude-shared d/.test(each));
    expect(after).toEqual(before);
  });

  test('takes the homes there are for accounts', async () => {
    mkdirSync(join(rig.home, '.claude-backup', 'projects'), { recursive: true });
    mkdirSync(join(rig.home, '.claude-main', 'projects'), { recursive: true });
    symlinkSync(join(rig.home, '.claude-main'), join(rig.home, '.claude'));
    await rig.run(['init']);
    const { out, exit } = await rig.run(['-o', 'json', 'status']);
    expect(exit).toBe(0);
    expect(Object.keys(JSON.parse(out).accounts).toSorted()).toEqual(['backup', 'main']);
  });
});

describe('schema', () => {
  test.each(['Fleet', 'Plan', 'Status', 'Event', 'Explanation', 'Problems', 'ApplyReport'])(
    'prints %s',
    async (name) => {
      const { out, exit } = await rig.run(['schema', name]);
      expect(exit).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
    },
  );

  test('ends with 4 on a name there is none of, and says which there are', async () => {
    const { exit, err } = await rig.run(['schema', 'Nothing']);
    expect(exit).toBe(4);
    expect(err).toContain('Fleet, Plan');
  });
});

function tree(folder: string): string[] {
  return execFileSync('find', [folder, '-printf', '%P %y %l\n'], { encoding: 'utf8' }).split('\n').toSorted();
}

function commands(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .join('\n');
}
