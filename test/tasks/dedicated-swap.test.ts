import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { preAnswer } from '../scripted-agent/install.ts';
import type { LedgerLine } from '../scripted-agent/ledger.ts';
import { until } from '../support/tmux.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

const NAMES = ['in-shell', 'in-pane', 'no-keep', 'at-work', 'copy-mode', 'draft', 'stays'];
const SECRET = 'hush-0123456789';

describe('an agent of the operator’s whose account has no quota left', () => {
  it('goes on where the file asks for it: in its own shell or pane, with its flags and its conversation; nobody else is touched', async () => {
    const fleet = operatorsFleet([
      'in-shell',
      'in-pane',
      'no-keep',
      'at-work',
      'copy-mode',
      'draft',
      'stays',
    ]);
    try {
      // Makes the links and the sessions.
      await fleet.cli('apply', '--yes', '--timeout', '20s');
      const settings = JSON.stringify({ env: { TOKEN: SECRET } });
      const flags = `--model sonnet --settings '${settings}' --dangerously-skip-permissions`;
      inShell(fleet, 'in-shell', `${flags} 'hit the limit'`);
      inPane(fleet, 'in-pane', true);
      inPane(fleet, 'no-keep', false);
      inShell(fleet, 'at-work', `'work for long'`);
      for (const name of ['copy-mode', 'draft', 'stays']) inShell(fleet, name, `'hit the limit'`);
      const before = await agentsIn(fleet, NAMES);
      fleet.machine.tmux('copy-mode', '-t', '=copy-mode:');
      fleet.machine.tmux('send-keys', '-t', '=draft:', '-l', DRAFT);
      const panes = panesOf(fleet);
      await fleet.loop();
      const again = await until(() => {
        const lines = startsUnder(fleet, 'backup').filter(({ resumed }) => resumed);
        return lines.length >= 2 && lines;
      }, 90_000).catch(async (error: unknown) => {
        throw new Error(`${String(error)}: ${await told(fleet)}`);
      });
      // Nothing more comes of it.
      await sleep(8000);
      expect(startsUnder(fleet, 'backup').filter(({ resumed }) => resumed).length).toBe(2);
      const [shell, pane] = ['in-shell', 'in-pane'].map((name) => before[name]?.session);
      expect(again.map(({ session }) => session).toSorted()).toEqual([shell, pane].toSorted());
      const one = again.find(({ session }) => session === shell);
      expect(one?.flags).toEqual(
        expect.arrayContaining(['--model', 'sonnet', settings, '--dangerously-skip-permissions', '--resume']),
      );
      // Its prompt was not said a second time.
      expect(fleet.ledger().filter(({ event, pid }) => event === 'prompt' && pid === one?.pid)).toEqual([]);
      // Sessions, panes and shells are the same ones; only the pane whose process the agent was has another.
      const then = panesOf(fleet);
      expect(Object.keys(then)).toEqual(Object.keys(panes));
      for (const name of Object.keys(panes).filter((each) => each !== 'in-pane')) {
        expect([name, then[name]]).toEqual([name, panes[name]]);
      }
      // The others live, and got nothing.
      for (const name of ['no-keep', 'at-work', 'copy-mode', 'draft', 'stays']) {
        const { pid } = before[name] ?? { pid: 0 };
        const own = fleet.ledger().filter((line) => line.pid === pid);
        expect([name, own.filter(({ event }) => ['input', 'signal', 'exit'].includes(event))]).toEqual([
          name,
          name === 'draft' ? [expect.objectContaining({ bytes: DRAFT.length })] : [],
        ]);
      }
      const { diagnostics } = await fleet.status();
      const left = diagnostics.filter(({ code }) => code === 'swap-left').map(({ target }) => target);
      expect(left.toSorted()).toEqual(['session/no-keep', 'session/stays']);
      expect(keptSecrets(fleet)).toEqual([]);
    } finally {
      await fleet.cleanup();
    }
  }, 180_000);
});

const DRAFT = 'half a thought';

/** Everything but the files that the agents themselves and their sessions keep. */
function keptSecrets({ stateDir, home, machine }: TaskFleet): readonly string[] {
  const folders = [stateDir, join(home, 'run')];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const held = files.filter((file) => statSync(file).isFile() && readFileSync(file, 'utf8').includes(SECRET));
  const options = machine.tmux('show-options', '-g').includes(SECRET) ? ['tmux'] : [];
  return [...held, ...options];
}

function operatorsFleet(names: readonly string[]): TaskFleet {
  const sessions = names.map((name) => {
    const onSwap = name === 'stays' ? 'leave' : 'resume';
    return `  ${name}: { cwd: ~/work, onSwap: ${onSwap} }\n`;
  });
  const fleet = taskFleet({
    min: 1,
    max: 1,
    more: `dedicated:\n${sessions.join('')}`,
    scenario: {
      start: { readyMs: 150 },
      rules: [
        { when: { prompt: 'hit the limit' }, steps: [{ type: 'work', ms: 200 }, LIMIT] },
        { when: { prompt: 'work for long' }, steps: [{ type: 'work', ms: 600_000 }] },
      ],
    },
  });
  for (const account of ['main', 'backup']) preAnswer(join(fleet.home, `.claude-${account}`), [fleet.work]);
  return fleet;
}

const LIMIT = { type: 'fail', kind: 'limit-5h', resetsInMs: 7_200_000, retries: 0 } as const;

/** What an operator has: the shell that was made for them, and in it an agent under the first account. */
function inShell({ machine, home }: TaskFleet, name: string, args: string): void {
  const words = Object.entries(variables(machine, home)).map(([key, value]) => `${key}='${value}'`);
  type(machine, name, `exec env ${words.join(' ')} bash --norc --noprofile -i`);
  type(machine, name, `claude ${args}`);
}

function type(machine: TaskFleet['machine'], name: string, line: string): void {
  machine.tmux('send-keys', '-t', `=${name}:`, '-l', line);
  machine.tmux('send-keys', '-t', `=${name}:`, 'Enter');
}

/** A session of which an agent is the only process. */
function inPane({ machine, home, work }: TaskFleet, name: string, stays: boolean): void {
  machine.tmux('kill-session', '-t', `=${name}:`);
  const env = Object.entries(variables(machine, home)).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const start = ['new-session', '-d', '-s', name, '-x', '120', '-y', '40', '-c', work, ...env];
  // tmux hands on the PATH of whoever asks.
  const path = `PATH=${variables(machine, home)['PATH'] ?? ''}`;
  machine.tmux(...start, 'env', path, 'claude', '--model', 'sonnet', 'hit the limit');
  if (stays) machine.tmux('set-option', '-w', '-t', `=${name}:`, 'remain-on-exit', 'on');
}

function variables(machine: TaskFleet['machine'], home: string): Readonly<Record<string, string>> {
  return {
    CLAUDE_CONFIG_DIR: `${home}/.claude-main`,
    SCRIPTED_AGENT_SCENARIO: `${home}/scenario.json`,
    SCRIPTED_AGENT_LEDGER: `${home}/ledger`,
    PATH: `${machine.folder}/bin:${process.env['PATH'] ?? ''}`,
    PS1: 'op@host:~$ ',
  };
}

type Start = Extract<LedgerLine, { event: 'start' }>;

function startsUnder(fleet: TaskFleet, account: string): readonly Start[] {
  return fleet
    .ledger()
    .filter((line): line is Start => line.event === 'start')
    .filter(({ realHome }) => realHome.endsWith(`.claude-${account}`));
}

/** The agent in each of the sessions, once all are up and at the end of their first step. */
async function agentsIn(
  fleet: TaskFleet,
  names: readonly string[],
): Promise<Readonly<Record<string, LedgerLine>>> {
  const { machine } = fleet;
  await until(() => fleet.ledger().filter(({ event }) => event === 'ready').length === names.length, 30_000);
  await until(
    () => fleet.ledger().filter(({ event }) => event === 'turn-end').length === names.length - 1,
    30_000,
  );
  const places = new Map(
    names.map((name) => [name, machine.tmux('list-panes', '-t', `=${name}:`, '-F', '#{pane_tty}')]),
  );
  const ready = fleet.ledger().filter(({ event }) => event === 'ready');
  return Object.fromEntries(
    [...places].map(([name, tty]) => {
      const own = ready.find(({ pid }) => machine.sh(`readlink /proc/${String(pid)}/fd/0`) === tty);
      if (own === undefined) throw new Error(`no agent in ${name}`);
      return [name, own];
    }),
  );
}

/** Session -> its id, its pane, and the process of that. */
function panesOf({ machine }: TaskFleet): Readonly<Record<string, string>> {
  const rows = machine.tmux('list-panes', '-a', '-F', '#{session_name} #{session_id} #{pane_id} #{pane_pid}');
  return Object.fromEntries(
    rows
      .split('\n')
      .map((row) => [row.split(' ')[0] ?? '', row] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** For a person who has to find out why it did not come true. */
async function told(fleet: TaskFleet): Promise<string> {
  const plan = await fleet.cli('plan', '-o', 'json');
  const status = await fleet.cli('status', '-o', 'json');

  return [
    plan.out,
    plan.err,
    status.out,
    JSON.stringify(fleet.events().slice(-10)),
    JSON.stringify(fleet.ledger().slice(-6)),
  ].join('\n');
}
