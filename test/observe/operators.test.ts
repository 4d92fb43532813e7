import { describe, expect, it } from 'vitest';
import { againArgv, ownFlags } from '../../src/agents/own-flags.ts';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import type { ProcessDetails } from '../../src/model/host.ts';
import { shellPrompt } from '../../src/observe/shell-prompt.ts';

const CLAUDE = builtinProfile('claude');
const UUID = '00000000-0000-4000-8000-000000000777';

describe('the command line of an operator’s agent', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing but its name', ['claude'], []],
    ['its own flags', ['claude', '--model', 'opus', '--verbose'], ['--model', 'opus', '--verbose']],
    ['a prompt in front', ['claude', 'do it', '--verbose'], ['--verbose']],
    ['a prompt behind a switch', ['claude', '--verbose', 'do it'], ['--verbose']],
    ['a prompt behind a value', ['claude', '--model', 'opus', 'do it'], ['--model', 'opus']],
    ['a prompt behind --', ['claude', '--verbose', '--', '--model'], ['--verbose']],
    ['another conversation', ['claude', '--resume', UUID, '--verbose'], ['--verbose']],
    ['another conversation, inline', ['claude', `--session-id=${UUID}`], []],
    ['the last conversation', ['claude', '-c', '--fork-session'], []],
    ['a chooser', ['claude', '--verbose', '-r'], ['--verbose']],
    ['a list', ['claude', '--add-dir', '/a', '/b', '--verbose'], ['--add-dir', '/a', '/b', '--verbose']],
    ['a value inline', ['claude', '--model=opus'], ['--model=opus']],
  ])('is there again, but for what names a conversation and its prompt: %s', (_, argv, flags) => {
    expect(againArgv(CLAUDE, argv, UUID)).toEqual(['claude', ...flags, '--resume', UUID]);
  });

  it.each<readonly [string, readonly string[]]>([
    ['a flag that is not known', ['claude', '--new-thing', 'x']],
    ['a value that is missing', ['claude', '--model']],
    ['flags that are put together', ['claude', '-rp']],
    ['one without a terminal', ['claude', '-p', 'do it']],
    ['a switch with a value', ['claude', '--verbose=no']],
    ['another program', ['npx', 'claude']],
    ['nothing at all', []],
  ])('is not guessed at: %s', (_, argv) => {
    expect(againArgv(CLAUDE, argv, UUID)).toBeNull();
  });

  it('keeps what may be a secret, and never shows it', () => {
    const flags = ownFlags(CLAUDE, ['claude', '--settings', '{"token":"hush"}', '--model', 'opus']);
    expect(flags).toEqual({
      ok: true,
      kept: ['claude', '--settings', '{"token":"hush"}', '--model', 'opus'],
      shown: ['claude', '--model', 'opus'],
    });
    const inline = ownFlags(CLAUDE, ['claude', '--settings={"token":"hush"}']);
    expect(inline).toMatchObject({ ok: true, shown: ['claude'] });
  });
});

describe('a shell', () => {
  it.each<readonly [string, string, string]>([
    ['bash', '', 'op@host:~$ '],
    ['bash', 'claude --verbose\nResume this session with:\n', '[op@host work]# '],
    ['bash', '', '❯ '],
    ['zsh', '', 'host% '],
    ['sh', '', '$ '],
  ])('%s waits with an empty line behind %j %j', (comm, above, row) => {
    const y = above.split('\n').length - 1;
    const screen = { text: `${above}${row}\n\n`, title: '', cursor: { x: row.length, y } };
    expect(shellPrompt(shell(comm), screen)).toEqual({ command: comm, x: row.length, y });
  });

  it.each<readonly [string, string, number]>([
    ['half a line', 'op@host:~$ echo hel', 19],
    ['half a line that ends as a prompt does', 'op@host:~$ echo $', 17],
    ['half a line, the cursor back at its start', 'op@host:~$ echo', 11],
    ['blanks', 'op@host:~$    ', 14],
    ['a suggestion behind the cursor', 'op@host:~$ ls -l', 11],
    ['a line that goes on', '> ', 2],
    ['a quote that is not closed', 'quote> ', 7],
    ['a question', 'Really? [y/n] ', 14],
    ['a password', '[sudo] password for op: ', 24],
    ['no prompt at all', '', 0],
    ['characters of another width', '家:~$ ', 6],
  ])('is not taken to wait with an empty line: %s', (_, row, x) => {
    const screen = { text: `${row}\n\n`, title: '', cursor: { x, y: 0 } };
    expect(shellPrompt(shell('bash'), screen)).toBeNull();
    expect(shellPrompt(shell('zsh'), screen)).toBeNull();
  });

  const WAITS = { text: 'op@host:~$ \n', title: '', cursor: { x: 11, y: 0 } };

  it.each<readonly [string, Partial<ProcessDetails>]>([
    ['something else is in the foreground', { foreground: 900 }],
    ['it works', { state: 'R' }],
    ['it carries out a script', { argv: ['bash', 'script.sh'] }],
    ['it carries out a command', { argv: ['bash', '-c', 'read x'] }],
    ['it is a login shell with a command', { argv: ['bash', '-lc', 'read x'] }],
    ['it is another program', { comm: 'python3', argv: ['bash'] }],
    ['it is a shell that is not known', { comm: 'nu', argv: ['nu'] }],
  ])('is not taken to wait where %s', (_, over) => {
    expect(shellPrompt(shell('bash'), WAITS)).not.toBeNull();
    expect(shellPrompt({ ...shell('bash'), ...over }, WAITS)).toBeNull();
  });

  it('is not taken to wait where something stands below its cursor, or nobody told where that is', () => {
    expect(shellPrompt(shell('bash'), { ...WAITS, text: 'op@host:~$ \n\n  menu\n' })).toBeNull();
    expect(shellPrompt(shell('bash'), { text: WAITS.text, title: '' })).toBeNull();
    expect(shellPrompt(shell('bash'), undefined)).toBeNull();
  });
});

function shell(comm: string): ProcessDetails {
  return {
    parent: 1,
    group: 776,
    foreground: 776,
    state: 'S',
    start: '1',
    startedAt: 0,
    comm,
    argv: [`-${comm}`],
    cwd: '/home/op',
  };
}
