import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GROUPS, VERBS } from '../../src/cli/verbs.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(() => {
  rig = openRig();
});
afterAll(() => rig.close());

describe('the command line', () => {
  test('lists exactly the verbs that exist', async () => {
    const { out, exit } = await rig.run(['--help']);
    const listed = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)].map(
      ([, verb]) => verb,
    );
    expect(exit).toBe(0);
    expect(listed).toEqual([
      ...new Set(VERBS.filter(({ hidden }) => hidden !== true).map(({ name }) => name.split(' ')[0])),
      'help',
    ]);
    expect(out).not.toContain('complete-names');
  });

  test.each(Object.keys(GROUPS))('lists exactly the verbs of %s', async (group) => {
    const { out, exit } = await rig.run([group, '--help']);
    const listed = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z]+)\b/gm)];
    const names = VERBS.flatMap(({ name }) => (name.startsWith(`${group} `) ? [name] : []));
    expect(exit).toBe(0);
    expect(listed.map(([, verb = '']) => `${group} ${verb}`)).toEqual([...names, `${group} help`]);
  });

  test('has a file for every verb it lists', async () => {
    const loaded = await Promise.all(VERBS.map(async ({ load }) => typeof (await load()).run));
    expect(loaded).toEqual(VERBS.map(() => 'function'));
  });

  test.each([
    ['an unknown verb', ['pln'], /unknown command 'pln'.*\n.*plan/],
    ['a verb without what it is about', ['capture'], /missing required argument 'session'/],
    ['no verb at all', [], /Usage: rollcall/],
    ['a verb of tasks there is none of', ['task', 'ad'], /unknown command 'ad'.*\n.*add/],
    ['no verb of tasks at all', ['task'], /Usage: rollcall task/],
    ['a choice there is none of', ['task', 'add', '--priority', 'soon'], /critical, high/],
    ['an unknown option', ['plan', '--detailed-exitcod'], /--detailed-exitcode/],
    ['an output format there is none of', ['-o', 'yaml', 'version'], /text, json/],
    ['a colour there is none of', ['--color', 'blue', 'version'], /always, never/],
    ['a missing argument', ['adopt'], /missing required argument/],
    ['an argument too many', ['version', 'now'], /too many arguments/],
    ['a shell there is no completion for', ['completion', 'ksh'], /bash, zsh, fish/],
    ['a duration that is none', ['suspend', '--all', '--for', '2 hours'], /duration like 90s/],
    ['a target that is none', ['apply', '--target', 'everything'], /--target takes session/],
    ['a question about two things', ['why', 'a', 'b'], /one thing/],
  ])('ends with 64 on %s', async (_, argv, message) => {
    const { exit, err, out } = await rig.run(argv);
    expect({ exit, out }).toEqual({ exit: 64, out: '' });
    expect(err).toMatch(message);
  });

  test.each([
    [['-o', 'json', 'version']],
    [['version', '-o', 'json']],
    [['--color', 'never', 'version', '--output=json']],
  ])('takes global options before and after the verb: %j', async (argv) => {
    const { out, exit } = await rig.run(argv);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Version', apiVersion: 'rollcall/v1' });
  });

  test('tells the version in package.json', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await rig.run(['version'])).out).toBe(`rollcall ${version} (node ${process.versions.node})\n`);
  });

  test('says that a bug is one', async () => {
    rig.declare('pools: { a: { prefix: a-, max: 1 } }\n');
    const now = (): number => {
      throw new Error('no \u001b[31mclock');
    };
    const { exit, err } = await rig.run(['events', '--since', '1h'], { now });
    expect(exit).toBe(1);
    expect(err).toContain('this is a bug in Rollcall');
    expect(err).not.toContain('\u001b');
  });
});
