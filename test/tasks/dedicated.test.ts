import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { rawServer } from '../real/world.ts';
import { preAnswer } from '../scripted-agent/install.ts';
import { until } from '../support/tmux.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

const WATCHED_MS = HEAVY ? 180_000 : 5000;
/** One that the file names, one that it does not, and one of a name as a pool's, which is nobody's of the fleet. */
const THEIRS = ['ops-1', 'their-own', 'ccl-auto-12'];

describe('an agent that sits idle at its prompt in a session that is not of the pool', {
  timeout: 400_000,
}, () => {
  it(`gets 0 bytes in ${String(WATCHED_MS / 1000)} s beside a full inbox and no free pool session, and nothing about it changes`, async () => {
    const fleet = taskFleet({ min: 1, max: 2, more: 'dedicated:\n  ops-1: { cwd: ~/work }\n' });
    try {
      preAnswer(join(fleet.home, '.claude-own'), [fleet.work]);
      for (const name of THEIRS) idleAgent(fleet, name);
      await until(
        () => fleet.ledger().filter(({ event }) => event === 'ready').length === THEIRS.length,
        20_000,
      );
      const idle = new Set(fleet.ledger().map(({ pid }) => pid));
      // It draws its status line for the last time.
      await sleep(1000);
      const before = theirs(fleet);
      fleet.put('a-hangs', 'act: hang\n');
      for (let i = 0; i < 30; i += 1) fleet.put(`b-${String(i)}`, 'act: end-of-turn\n');
      await fleet.loop();
      await until(() => fleet.runs('a-hangs') === 1, 20_000);
      const events = fleet.ledger().length;
      await sleep(WATCHED_MS);
      const of = fleet.ledger().filter(({ pid }) => idle.has(pid));
      expect(of.filter(({ event }) => !['start', 'ready'].includes(event))).toEqual([]);
      expect(theirs(fleet)).toEqual(before);
      // No free pool session, and a full inbox, all the while.
      expect(fleet.ledger().length).toBe(events);
      expect((await fleet.status()).inboxes['work']).toMatchObject({ waiting: 30, running: 1 });
    } finally {
      await fleet.cleanup();
    }
  });
});

/** What an operator has: an agent under their own hands, in the folder of the inbox. */
function idleAgent({ machine, home, work }: TaskFleet, name: string): void {
  const env = {
    CLAUDE_CONFIG_DIR: `${home}/.claude-own`,
    SCRIPTED_AGENT_SCENARIO: `${home}/scenario.json`,
    SCRIPTED_AGENT_LEDGER: `${home}/ledger`,
  };
  const variables = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const agent = `${machine.folder}/bin/claude`;
  const start = ['new-session', '-d', '-s', name, '-c', work, ...variables];
  machine.tmux(...start, agent, '--dangerously-skip-permissions');
}

/** All that anybody could notice of them: options, panes, processes, what is on their screens. */
function theirs({ machine }: TaskFleet): unknown {
  return (rawServer(machine)?.sessions ?? [])
    .filter(({ name }) => THEIRS.includes(name))
    .map(({ id, all }) => [all, machine.tmux('capture-pane', '-p', '-e', '-S', '-', '-t', `${id}:`)]);
}
