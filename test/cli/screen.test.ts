import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { captures } from '../agents/captures.ts';
import { openRig, type Rig } from './rig.ts';

const LIMIT = fileURLToPath(new URL('../corpus/claude/51-e-limit5h-oat-final.ansi.txt', import.meta.url));
const SEEN = ['--seen-at', '2026-11-22T12:09:30Z'];

let rig: Rig;
beforeAll(() => {
  rig = openRig();
});
afterAll(() => rig.close());

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('rollcall screen', () => {
  test('prints the document of the contract, without any desired-state file', async () => {
    const { exit, out, err } = await rig.run(['screen', LIMIT, ...SEEN, '-o', 'json']);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      apiVersion: 'rollcall/v1',
      kind: 'Screen',
      agent: 'claude',
      state: 'limited',
      dialog: null,
      evidence: 'quota',
      resetsAt: '2026-11-22T14:39:00Z',
      rule: 'limit-notice',
    });
  });

  test('agrees with every label of the corpus, in the words of its manifest', async () => {
    const wrong: string[] = [];
    for (const { name, agent, text, seenAt, title, label } of captures()) {
      const argv = [
        'screen',
        '-',
        '--agent',
        agent,
        '--seen-at',
        new Date(seenAt).toISOString(),
        '-o',
        'json',
      ];
      const { out } = await rig.run(title === null ? argv : [...argv, `--title=${title}`], {
        input: () => bytes(text),
      });
      const { state, dialog, evidence, resetsAt } = JSON.parse(out);
      if (JSON.stringify({ state, dialog, evidence, resetsAt }) !== JSON.stringify(label)) wrong.push(name);
    }
    expect(wrong).toEqual([]);
  });

  test('prints one block for a person', async () => {
    const { out } = await rig.run(['screen', LIMIT, ...SEEN]);
    expect(out).toMatch(
      /^agent +claude\nstate +limited\ndialog +none\nevidence +quota\nresets +.*\nrule +limit-notice\n$/,
    );
  });

  test('reads by the profile of the file where one is named', async () => {
    rig.declare(`agents:
  mine:
    extends: builtin:claude
    screens: { rules: { mine: { when: [{ at: screen, match: 'MINE' }], means: { state: waiting, dialog: overlay } } } }
`);
    const ran = await rig.run(['-f', rig.file, 'screen', '-', '--agent', 'mine', '-o', 'json'], {
      input: () => bytes('hello\nMINE\n'),
    });
    expect(JSON.parse(ran.out)).toMatchObject({ agent: 'mine', state: 'waiting', rule: 'mine' });
    expect((await rig.run(['-f', rig.file, 'screen', '-', '--agent', 'other'])).exit).toBe(4);
  });

  test('knows nothing of a screen with nothing on it, nor of a program it does not know', async () => {
    const empty = await rig.run(['screen', '-', '-o', 'json']);
    expect(JSON.parse(empty.out)).toMatchObject({ state: 'unknown', evidence: null });
    const generic = await rig.run(['screen', LIMIT, '--agent', 'generic', '-o', 'json']);
    expect(JSON.parse(generic.out)).toMatchObject({ state: 'unknown', evidence: null });
  });

  test('ends with 4 where there is no such file, with 64 on a time that is none', async () => {
    mkdirSync(join(rig.home, 'folder'));
    writeFileSync(join(rig.home, 'binary'), Buffer.from([0, 255, 27, 91, 200]));
    expect((await rig.run(['screen', 'nowhere.txt'])).exit).toBe(4);
    expect((await rig.run(['screen', 'folder'])).exit).toBe(4);
    expect((await rig.run(['screen', 'binary'])).exit).toBe(0);
    const wrong = await rig.run(['screen', LIMIT, '--seen-at', '2026-11-22 12:09']);
    expect(wrong).toMatchObject({ exit: 64, out: '' });
    expect(wrong.err).toContain('--seen-at takes a time');
  });
});
