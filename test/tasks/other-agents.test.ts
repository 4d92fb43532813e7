import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { preAnswer } from '../scripted-agent/install.ts';
import { until } from '../support/tmux.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

const CLAUDE = new URL('../../src/agents/builtin/claude.yaml', import.meta.url);
const SECRET = 'hush-7f3a9c51d2';

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('other agents', { timeout: 180_000 }, () => {
  describe('a program of which nothing is known but how it ends', () => {
    it('is done with its task where it ends with 0, and has failed where it does not', async () => {
      const line = 'case $1 in *fail-now*) exit 3;; esac';
      const script = `script: { extends: builtin:generic, command: [sh, -c, "${line}", script] }`;
      const fleet = taskFleet({ agents: [script] });
      try {
        fleet.put('good', '---\nagent: script\n---\nDo well.\n');
        fleet.put('bad', '---\nagent: script\n---\nPlease act: fail-now and go.\n');
        await fleet.loop();
        await fleet.reaches('good', 'done');
        await fleet.reaches('bad', 'failed');
        expect(fleet.records('good').at(-1)?.end).toMatchObject({ reason: 'agent-exited' });
        expect(fleet.records('bad').at(-1)?.end).toMatchObject({ reason: 'agent-exited' });
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('an agent that keeps no records', () => {
    it('is done with its task once it rests at its prompt for a while', async () => {
      const { screens } = parse(readFileSync(CLAUDE, 'utf8'));
      const plain = {
        extends: 'builtin:generic',
        command: ['claude', '--dangerously-skip-permissions'],
        process: ['claude'],
        launch: { prompt: ['--', '{prompt}'] },
        screens,
        env: {
          CLAUDE_CONFIG_DIR: 'HOMEDIR/.claude-plain',
          SCRIPTED_AGENT_SCENARIO: 'HOMEDIR/scenario.json',
          SCRIPTED_AGENT_LEDGER: 'HOMEDIR/ledger',
        },
      };
      const fleet = taskFleet({ agents: [`plain: ${JSON.stringify(plain)}`] });
      try {
        preAnswer(join(fleet.home, '.claude-plain'), [fleet.work]);
        fleet.put('rests', '---\nagent: plain\n---\nact: end-of-turn\n');
        fleet.put('works', '---\nagent: plain\n---\nact: long\n');
        await fleet.loop();
        await fleet.reaches('rests', 'done', 60_000);
        expect(fleet.records('rests').at(-1)?.end).toMatchObject({ reason: 'at-rest' });
        // It has worked as long as the other has, and has not rested.
        expect(fleet.whereIs('works')).toBe('claimed');
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('a secret of an agent', () => {
    it('is in its environment, and in no file, command line, tmux option, log, plan or status', async () => {
      const fleet = taskFleet({
        agents: [
          'keeper: { extends: builtin:generic, command: [sh, -c, "test -n \\"$TOKEN\\" && sleep 4", keeper], env: { TOKEN: { fromEnv: A_TOKEN } } }',
        ],
        env: { A_TOKEN: SECRET },
      });
      try {
        fleet.put('keeps', '---\nagent: keeper\n---\nKeep it.\n');
        const loop = await fleet.loop();
        await until(() => fleet.records('keeps').length === 1, 20_000);
        const seen: string[] = [];
        await until(async () => {
          seen.push(...commandLines(), tmuxText(fleet), (await fleet.cli('status', '-o', 'json')).out);
          return fleet.whereIs('keeps') === 'done';
        }, 30_000);
        seen.push((await fleet.cli('plan', '-o', 'json')).out, loop.out(), loop.err());
        expect(fleet.records('keeps').at(-1)?.end).toMatchObject({ reason: 'agent-exited' });
        expect(seen.filter((text) => text.includes(SECRET))).toEqual([]);
        expect(filesWith(fleet.machine.folder, SECRET)).toEqual([]);
      } finally {
        await fleet.cleanup();
      }
    });
  });
});

function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    });
}

/** Options, environments and screens of the whole server: what anybody with the socket can read. */
function tmuxText({ machine }: TaskFleet): string {
  const sessions = machine.tmux('list-sessions', '-F', '#{session_id}').split('\n');
  return sessions
    .flatMap((id) => [
      machine.tmux('show-options', '-t', `${id}:`),
      machine.tmux('show-environment', '-t', `${id}:`),
      machine.tmux('capture-pane', '-p', '-S', '-', '-t', `${id}:`),
      machine.tmux('list-panes', '-s', '-t', `${id}:`, '-F', '#{pane_start_command}'),
    ])
    .join('\n');
}

/** Files below a folder whose bytes hold a text. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesWith(path, text);
    return entry.isFile() && readFileSync(path).includes(text) ? [path] : [];
  });
}
