import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaunchRequest } from '../../src/model/task.ts';
import { promptOf } from '../../src/queue/prompt.ts';

const REQUEST: LaunchRequest = {
  agent: 'claude',
  mode: 'start',
  conversation: '0d7c5a3e-1b2c-4d3e-8f90-a1b2c3d4e5f6',
  model: null,
  cwd: '/home/op/secumon',
  home: null,
  trusted: false,
  delivery: 'argv',
  inbox: 'secumon',
  id: 'fix-login',
  attempt: 'k3f9a0',
  launch: 1,
  runDir: '/run/user/1000/rollcall/home/runs/k3f9a0',
};

const bytes = (text: string): number => new TextEncoder().encode(text).byteLength;

describe('a prompt', () => {
  it('is a header, the body and how to report', () => {
    expect(promptOf(REQUEST, { title: 'Mend the login', body: 'Mend it.\n' }).argv).toBe(
      [
        'Rollcall task secumon/fix-login (attempt k3f9a0): Mend the login',
        '',
        'Mend it.',
        '',
        'This is the end of the task. Report once, as the last thing you do:',
        '- when it is done, run: rollcall task done secumon/fix-login',
        '- when it cannot be done, run: rollcall task fail secumon/fix-login --reason "why"',
        '- where that command cannot be run, write a line about it into the file ' +
          '/run/user/1000/rollcall/home/runs/k3f9a0/done or /run/user/1000/rollcall/home/runs/k3f9a0/failed instead.',
      ].join('\n'),
    );
  });

  it('holds any body byte for byte between two empty lines of ours', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '\n', '\r\n', ' ', '\\', '`', 'é', '🙂', '$'),
          maxLength: 60,
        }),
        fc.constantFrom<LaunchRequest['delivery']>('argv', 'paste'),
        (body, delivery) => {
          const { argv, pasted, pointer, taskFile } = promptOf(
            { ...REQUEST, delivery },
            { title: null, body },
          );
          const [before = '', after = ''] = promptOf(
            { ...REQUEST, delivery },
            { title: null, body: '@BODY@' },
          ).argv.split('@BODY@');
          expect(before.endsWith('\n\n')).toBe(true);
          expect(argv).toBe(before + body + (body.endsWith('\n') ? after.slice(1) : after));
          expect({ pasted, pointer, taskFile }).toEqual({ pasted: argv, pointer: false, taskFile: null });
        },
      ),
    );
  });

  it.each(['/exit', '!sh', '#memory', '--help', '@file', '?', '\n/exit', ' !sh'])(
    'never begins with what the body begins with: %j',
    (body) => {
      for (const mode of ['start', 'resume'] as const) {
        for (const delivery of ['argv', 'file', 'paste'] as const) {
          const { argv, sentence, pasted } = promptOf(
            { ...REQUEST, mode, delivery },
            { title: body.trim(), body },
          );
          for (const text of [argv, sentence, pasted])
            expect(text).toMatch(/^Rollcall task secumon\/fix-login /);
          expect(argv).not.toMatch(/[\\;\s]$/);
        }
      }
    },
  );

  it('of up to 100 000 bytes is given whole, a longer one is pointed at', () => {
    const rest = bytes(promptOf(REQUEST, { title: null, body: '' }).argv);
    const longest = 'é'.repeat(Math.floor((100_000 - rest) / 2));
    const fits = promptOf(REQUEST, { title: null, body: longest });
    expect(fits).toMatchObject({ pointer: false, taskFile: null });
    expect(bytes(fits.argv)).toBeGreaterThan(99_990);
    expect(bytes(fits.argv)).toBeLessThanOrEqual(100_000);

    const body = `${longest}é`;
    const pointed = promptOf(REQUEST, { title: null, body });
    expect(pointed).toMatchObject({ pointer: true, taskFile: body });
    expect(pointed.argv).toContain(`\n${REQUEST.runDir}/task.md\n`);
    expect(bytes(pointed.argv)).toBeLessThan(2000);
  });

  it('points at the file where the launch says so, and says nothing of the body itself', () => {
    const body = 'delete everything\n';
    const { argv, pointer, taskFile } = promptOf({ ...REQUEST, delivery: 'file' }, { title: null, body });
    expect({ pointer, taskFile }).toEqual({ pointer: true, taskFile: body });
    expect(argv).not.toContain('delete everything');
    expect(argv).toContain('rollcall task done secumon/fix-login');
  });

  it('for a paste has a typed sentence of one short printable row, with nothing in it that others wrote', () => {
    const longest = { ...REQUEST, inbox: 'i'.repeat(64), id: 'd'.repeat(100), attempt: 'a'.repeat(32) };
    const { sentence } = promptOf({ ...longest, delivery: 'paste' }, { title: 'a title', body: 'a body' });
    expect(sentence).toMatch(/^[\x20-\x7e]{50,400}[a-z.]$/);
    expect(sentence).not.toMatch(/a title|a body/);
  });

  it('to go on names the task, does not repeat it, and says how to report', () => {
    const { argv, pointer, taskFile } = promptOf(
      { ...REQUEST, mode: 'resume' },
      { title: 'T', body: 'BODY' },
    );
    expect(argv).toMatch(
      /^Rollcall task secumon\/fix-login \(attempt k3f9a0\): T\n\nYou were interrupted\. Go on/,
    );
    expect(argv).toContain('rollcall task done secumon/fix-login');
    expect(argv).not.toContain('BODY');
    expect({ pointer, taskFile }).toEqual({ pointer: false, taskFile: null });
  });

  it('to go on with a task that was pointed at points at it again, and writes nothing over its file', () => {
    const { argv, pointer, taskFile } = promptOf(
      { ...REQUEST, mode: 'resume', delivery: 'file' },
      { title: 'T', body: '' },
    );
    expect({ pointer, taskFile }).toEqual({ pointer: true, taskFile: null });
    expect(argv).toContain(`${REQUEST.runDir}/task.md`);
  });
});
