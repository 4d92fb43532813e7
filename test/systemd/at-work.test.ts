import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installScriptedAgent, preAnswer } from '../scripted-agent/install.ts';
import { readLedger } from '../scripted-agent/ledger.ts';
import { until } from '../support/tmux.ts';
import { noManager, type UserManager, userManager } from './manager.ts';

const reason = noManager();
const about = reason === null ? '' : ` (skipped: ${reason})`;
const LOOP = 'rollcall-busy.service';
const TMUX = 'rollcall-busy-tmux.service';

/** The loop may be restarted, killed or hung by systemd in the middle of a task: the agent does not notice. */
describe.skipIf(reason !== null)(`an agent at work under a real systemd --user${about}`, () => {
  let manager: UserManager;
  let before: AtWork;
  beforeAll(async () => {
    manager = await userManager();
    const { home } = manager;
    installScriptedAgent(join(home, 'bin'));
    preAnswer(join(home, '.claude-main'), []);
    mkdirSync(join(home, 'work/.agent-queue/inbox'), { recursive: true });
    const steps = [
      { type: 'work', ms: 200 },
      { type: 'run', argv: ['sh', '-c', `until [ -e ${home}/go ]; do sleep 0.2; done`] },
      { type: 'run', argv: ['rollcall', 'task', 'done'] },
    ];
    writeFileSync(
      join(home, 'scenario.json'),
      JSON.stringify({ rules: [{ when: { prompt: 'act' }, steps }] }),
    );
    writeFileSync(join(home, 'busy.yaml'), fleetFile(home));
    manager.ok(`ROLLCALL_FILE=${home}/busy.yaml rollcall unit --install`);
    const folder = join(home, '.config/systemd/user', `${LOOP}.d`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'test.conf'), '[Service]\nWatchdogSec=3\nRestartSec=200ms\n');
    manager.ok(`systemctl --user daemon-reload && systemctl --user start ${TMUX} ${LOOP}`);
  });
  afterAll(() => manager.close());

  test('is given its task and works', async () => {
    const inbox = join(manager.home, 'work/.agent-queue/inbox');
    writeFileSync(join(inbox, '.new'), 'act\n');
    renameSync(join(inbox, '.new'), join(inbox, 'dig.md'));
    before = await until(() => workingUnder(null), 40_000);
    expect(before.agent).toBeGreaterThan(1);
    expect(manager.ok(`cat /proc/${String(before.agent)}/cgroup`)).toContain(TMUX);
  });

  const heavy = process.env['ROLLCALL_HEAVY'] === '1';
  test.each([
    ['a crash', `kill -9 $(systemctl --user show --value -p MainPID ${LOOP})`],
    ['the watchdog, of a loop that hangs', `kill -STOP $(systemctl --user show --value -p MainPID ${LOOP})`],
    ...(heavy
      ? [
          ['a restart', `systemctl --user restart ${LOOP}`],
          ['its end for a while', `systemctl --user stop ${LOOP}; sleep 1; systemctl --user start ${LOOP}`],
        ]
      : []),
  ])('%s leaves the server and the agent as they are', async (_, line = '') => {
    const { loop } = atWork();
    manager.ok(line);
    const after = await until(() => workingUnder(loop), 40_000);
    expect(after).toEqual({ ...before, loop: after.loop });
  });

  test('a bad file, and a reload of it, leave them as they are, too', async () => {
    const file = join(manager.home, 'busy.yaml');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, 'half a fi');
    manager.ok(`systemctl --user reload ${LOOP}`);
    await until(() => manager.show(LOOP, 'StatusText').includes('the last good one is in force'), 20_000);
    expect(atWork()).toEqual({ ...before, loop: atWork().loop });
    expect(manager.show(LOOP, 'ActiveState')).toBe('active');
    writeFileSync(file, good);
  });

  test('its task is done once, by that very agent', async () => {
    const { home } = manager;
    writeFileSync(join(home, 'go'), '');
    await until(() => existsSync(join(home, 'work/.agent-queue/done/dig.md')), 40_000);
    const ledger = readLedger(join(home, 'ledger'));
    expect(ledger.filter(({ event }) => event === 'prompt')).toHaveLength(1);
    expect(new Set(ledger.map(({ pid }) => pid)).size).toBe(1);
  });

  interface AtWork {
    readonly loop: number;
    readonly server: number;
    readonly agent: number;
  }

  /** With another loop than `not`, which has completed a cycle and sees the agent work. */
  function workingUnder(not: number | null): AtWork | null {
    const now = atWork();
    if (now.loop === 0 || now.loop === not || now.agent === 0) return null;
    const { out, status } = manager.sh(`rollcall -f ${manager.home}/busy.yaml status -o json`);
    if (status !== 0) return null;
    const { sessions }: { sessions: Readonly<Record<string, { state: string }>> } = JSON.parse(out);
    return sessions['a-0']?.state === 'working' ? now : null;
  }

  function atWork(): AtWork {
    const number = (text: string): number => Number(/\d+/.exec(text)?.[0] ?? 0);
    const loop = /"pid":(\d+).*"lastCycleAt":\d/s.exec(
      manager.sh('cat .local/state/rollcall/busy/loop.json').out,
    )?.[1];
    return {
      loop: Number(loop ?? 0),
      server: number(manager.sh('tmux display-message -p "#{pid}"').out),
      agent: number(
        /"pid":\d+/.exec(manager.sh('cat /run/user/0/rollcall/busy/runs/*/1/agent.json').out)?.[0] ?? '',
      ),
    };
  }
});

function fleetFile(home: string): string {
  return `
apiVersion: rollcall/v1
kind: Fleet
name: busy
reconcile: { every: 1s }
agents:
  claude:
    extends: builtin:claude
    args: [--dangerously-skip-permissions]
    env: { SCRIPTED_AGENT_SCENARIO: ${home}/scenario.json, SCRIPTED_AGENT_LEDGER: ${home}/ledger }
    trust: [~/work]
accounts: { main: { home: ~/.claude-main } }
pools: { auto: { prefix: a-, max: 1, cwd: ~/work } }
inboxes: { work: { dir: ~/work/.agent-queue/inbox, pool: auto, cwd: ~/work } }
`;
}
