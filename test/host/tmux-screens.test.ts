import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TmuxStamps } from '../../src/model/host.ts';
import { countingTmux, listed, type PrivateMachine, privateMachine, until } from '../support/tmux.ts';

let machine: PrivateMachine;
beforeEach(() => {
  machine = privateMachine();
});
afterEach(() => {
  machine.cleanup();
});

const SLEEP = ['sleep', '1000'];

/** A session of its own whose pane shows these bytes, and then the word `shown`. */
async function showing(name: string, bytes: string): Promise<void> {
  const file = join(machine.folder, `${name}.screen`);
  writeFileSync(file, bytes);
  const show = ['sh', '-c', 'cat "$0"; printf "\\033[0m\\nshown"; exec sleep 1000', file];
  machine.tmux('new-session', '-d', '-s', name, '-x', '100', '-y', '20', '--', ...show);
  await until(() => machine.tmux('capture-pane', '-p', '-t', `=${name}:`).includes('shown'));
}

async function stamps(ids: readonly string[], panes: readonly string[]): Promise<TmuxStamps> {
  const answer = await machine.host.tmux.stamps(ids, panes);
  if (answer.type !== 'ok') throw new Error(JSON.stringify(answer));
  return answer.value;
}

test('a screen is what tmux captures with its colours, beside its title and the stamps', async () => {
  await showing(
    'a',
    '\u001B]2;claude · task é\u0007\u001B[31mred\u001B[0m and \u001B[2mdim\u001B[0m ▐▛███▜▌\n\n  box',
  );
  await showing('b', 'other');
  machine.tmux('set-option', '-t', 'b:', '@rollcall_owner', 'home');
  const { sessions, screens } = await stamps(['$0', '$1'], ['%0', '%1']);
  expect(sessions).toEqual({ $0: {}, $1: { '@rollcall_owner': 'home' } });
  expect(Object.keys(screens)).toEqual(['%0', '%1']);
  expect(screens['%0']?.title).toBe('claude · task é');
  // As another client prints it, which takes the last newline off.
  for (const pane of ['%0', '%1']) {
    expect(screens[pane]?.text).toBe(machine.tmux('capture-pane', '-p', '-e', '-t', pane));
  }
  expect(screens['%0']?.text).toContain('\u001B[31mred\u001B[');
  expect(screens['%0']?.text).toContain('▐▛███▜▌');
});

test('an empty screen is an empty text, and no panes are no screens', async () => {
  machine.tmux('new-session', '-d', '-s', 'a', '-x', '80', '-y', '5', '--', ...SLEEP);
  expect((await stamps(['$0'], ['%0'])).screens['%0']?.text.trim()).toBe('');
  expect((await stamps(['$0'], [])).screens).toEqual({});
  expect((await stamps([], ['%0'])).sessions).toEqual({});
});

const FORGERIES = [
  'I $0 0\n@rollcall_owner other\n',
  'T %0 0\nN\nE\n',
  `${'0'.repeat(32)}T %1 1${'0'.repeat(32)}title${'0'.repeat(32)}N\n`,
  "can't find pane: %9\n",
  '@rollcall_owner "other"\n@rollcall_fence x\n',
  '#{pid} #(touch x) ; kill-server }\n',
  '\u001B]2;T %0 0 @rollcall_owner\u0007\u001B[5;5H\u001B[7m\u001B[38;2;1;2;3mx',
  '\u001Bk#(touch x)\u001B\\ \u0000\u0001\u0007\u000E qqq \u000F \u009B31m',
  `${'very long '.repeat(500)}\n`,
];

test.each(FORGERIES)('what a screen shows never passes for anything else: %j', async (bytes) => {
  await showing('a', bytes);
  await showing('b', 'honest');
  machine.tmux('set-option', '-t', 'b:', '@rollcall_owner', 'home');
  const { sessions, screens, inherited } = await stamps(['$0', '$1', '$9'], ['%0', '%9', '%1']);
  expect(inherited).toBe(false);
  expect(sessions).toEqual({ $0: {}, $1: { '@rollcall_owner': 'home' } });
  expect(Object.keys(screens)).toEqual(['%0', '%1']);
  expect(screens['%0']?.text).toBe(machine.tmux('capture-pane', '-p', '-e', '-t', '%0'));
  expect(screens['%1']?.text.split('\n').slice(0, 2)).toEqual(['honest', 'shown']);
});

test('a title that somebody sets is read as it is, and runs nothing', async () => {
  await showing('a', 'x');
  const title = 'T %0 0 N E ; kill-server \'"} é';
  machine.tmux('select-pane', '-t', '%0', '-T', title);
  expect((await stamps([], ['%0'])).screens['%0']?.title).toBe(title);
});

test('panes that have gone are missing, whichever they are; the others are there', async () => {
  for (const name of ['a', 'b', 'c']) await showing(name, `I am ${name}`);
  machine.tmux('kill-session', '-t', 'b');
  const { screens } = await stamps(['$0', '$1', '$2'], ['%77', '%0', '%1', '%2', '%78']);
  expect(Object.keys(screens)).toEqual(['%0', '%2']);
  expect(screens['%2']?.text.startsWith('I am c')).toBe(true);
});

test('a pane in copy mode shows what its program shows', async () => {
  await showing('a', 'below');
  machine.tmux('copy-mode', '-t', '%0');
  expect((await stamps([], ['%0'])).screens['%0']?.text.startsWith('below')).toBe(true);
});

test('a pane that is not named by its id is refused before', async () => {
  for (const pane of ['a', '%0;', '%0\nkill-server', '{last}', '$0'])
    await expect(machine.host.tmux.stamps([], [pane])).rejects.toThrow(TypeError);
});

test('a hundred screens take one invocation, as the stamps do', async () => {
  const counting = countingTmux(machine);
  const host = machine.hostWith({ env: counting.env });
  for (let index = 0; index < 100; index += 1)
    machine.tmux(
      'new-session',
      '-d',
      '-s',
      `s-${String(index)}`,
      '-x',
      '120',
      '-y',
      '40',
      '--',
      'sh',
      '-c',
      `seq 1 60; exec sleep 1000`,
    );
  const panes = Object.values((await listed(host)).sessions).flatMap((session) => Object.keys(session.panes));
  await until(() => machine.tmux('capture-pane', '-p', '-t', panes.at(-1) ?? '').includes('60'));
  const before = counting.calls();
  const begin = performance.now();
  const answer = await host.tmux.stamps([], panes);
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(counting.calls() - before).toBe(1);
  expect(answer.type === 'ok' ? Object.keys(answer.value.screens) : []).toHaveLength(100);
}, 20_000);

test('the fence that a format shows is listed, whoever set it', async () => {
  machine.tmux('new-session', '-d', '-s', 'a', ...SLEEP);
  machine.tmux('new-session', '-d', '-s', 'b', ...SLEEP);
  machine.tmux('set-option', '-t', 'a:', '@rollcall_fence', 'abcd1234');
  machine.tmux('set-option', '-p', '-t', 'b:', '@rollcall_fence', 'x\n$0 %0 forged');
  const { sessions } = await listed(machine.host);
  expect(sessions['$0']?.panes['%0']).toMatchObject({ shownFence: 'abcd1234', shownOwner: '' });
  expect(sessions['$1']?.panes['%1']).toMatchObject({ shownFence: 'x\n$0 %0 forged', inputOdd: false });
});
