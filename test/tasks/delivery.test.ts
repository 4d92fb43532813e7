import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HEAVY } from '../real/fleet-machine.ts';
import { transcriptsOf } from '../scripted-agent/stage.ts';
import { until } from '../support/tmux.ts';
import { actingScenario } from './scenario.ts';
import { type TaskFleet, taskFleet } from './task-fleet.ts';

const ENTERS = HEAVY ? 100 : 5;

/** Bodies that a shell, tmux, YAML or a terminal might take for something else. */
const BODIES: Readonly<Record<string, string>> = {
  'lines-200': Array.from({ length: 200 }, (_, i) => `${String(i)}: a line of its own\n`).join(''),
  'kilobytes-20': 'ab cd efg '.repeat(2048),
  'odd-text': [
    'trailing semicolon;',
    '\ttabs\t and trailing blanks   ',
    '$(touch HOMEDIR/ran) `touch HOMEDIR/ran` #(touch HOMEDIR/ran) #{pane_pid} ${HOME} %1 !! ~',
    '"double" \'single\' \\ back\\slash \\n \\033[201~',
    '---',
    '/exit',
    '!ls',
    'naïve — 漢字 🙂 e\u0301 \u00a0',
    '',
    '',
    ';',
  ].join('\n'),
};

// Each has a machine of its own, and waits more than it works: they go on side by side.
describe.concurrent('delivery', { timeout: HEAVY ? 1_800_000 : 180_000 }, () => {
  describe('a task on the command line', () => {
    it('arrives byte for byte behind a line of ours, and nothing in it is carried out', async () => {
      const fleet = taskFleet({ min: 3, max: 3, speed: 4 });
      try {
        const bodies = bodiesOn(fleet);
        for (const [id, body] of Object.entries(bodies)) fleet.put(id, body);
        await fleet.loop();
        for (const [id, body] of Object.entries(bodies)) {
          await fleet.reaches(id, 'done');
          expect(bodyIn(promptsOf(fleet, id), body)).toBe(body);
        }
        expect(nothingRan(fleet)).toBe(true);
        expect(fleet.ledger().filter(({ event }) => event === 'input')).toEqual([]);
      } finally {
        await fleet.cleanup();
      }
    });

    it('is pointed at in a file where it is too long for one, or asks for that', async () => {
      const fleet = taskFleet({ min: 2, max: 2, speed: 4 });
      try {
        const bodies = { long: 'word '.repeat(40_000), pointed: '---\ndeliver: file\n---\nRead me.\n' };
        for (const [id, body] of Object.entries(bodies)) fleet.put(id, body);
        await fleet.loop();
        for (const id of Object.keys(bodies)) await fleet.reaches(id, 'done');
        const shown = promptsOf(fleet, 'pointed')[0] ?? '';
        expect(shown).not.toContain('Read me.');
        expect(shown).toMatch(/\/task\.md/);
        expect(promptsOf(fleet, 'long')[0]?.length).toBeLessThan(5000);
      } finally {
        await fleet.cleanup();
      }
    });
  });

  describe('a task that is pasted', () => {
    it(`arrives byte for byte and is taken ${String(ENTERS)} times of ${String(ENTERS)} by an agent that swallows the first Enter`, async () => {
      const scenario = actingScenario({ input: { swallowEnter: { type: 'first' }, burstMs: 600_000 } });
      const fleet = taskFleet({ min: 3, max: 3, speed: 4, scenario, agent: ['deliver: paste'] });
      try {
        const bodies = Object.entries(bodiesOn(fleet));
        const tasks = Array.from({ length: ENTERS }, (_, i) => {
          const [, body = ''] = bodies[i % bodies.length] ?? [];
          return { id: `p${String(i).padStart(3, '0')}`, body: `${String(i)}\n${body}` };
        });
        for (const { id, body } of tasks) fleet.put(id, body);
        await fleet.loop();
        for (const { id, body } of tasks) {
          await fleet.reaches(id, 'done', HEAVY ? 300_000 : 60_000);
          const prompts = promptsOf(fleet, id);
          expect(prompts).toHaveLength(1);
          // The real agent, too, makes four blanks of a tab that is pasted (facts/agents.md).
          const blanks = body.replaceAll('\t', '    ');
          expect(bodyIn(prompts, blanks)).toBe(blanks);
          expect(fleet.runs(id)).toBe(1);
        }
        expect(nothingRan(fleet)).toBe(true);
        const swallowed = fleet.ledger().filter(({ event }) => event === 'enter-swallowed').length;
        expect(swallowed).toBeGreaterThanOrEqual(ENTERS);
        process.stdout.write(`${JSON.stringify({ pasted: ENTERS, taken: ENTERS, swallowed })}\n`);
      } finally {
        await fleet.cleanup();
      }
    });

    it('is held back while somebody is at the agent: a draft in its box, copy mode, keys of an attached client', async () => {
      const scenario = actingScenario({ start: { readyMs: 6000 } });
      const fleet = taskFleet({ min: 1, max: 1, speed: 1, scenario, agent: ['deliver: paste'] });
      try {
        fleet.put('held', 'act: end-of-turn\n');
        await fleet.loop();
        const pane = await until(() => fleet.ledger().length > 0 && '=ccl-auto-11:', 20_000);
        // Typed while it comes up, as operators do.
        await until(() => fleet.ledger().some(({ event }) => event === 'ready'), 20_000);
        fleet.machine.tmux('send-keys', '-l', '-t', pane, 'a draft of mine');
        await sleep(6000);
        expect(promptsOf(fleet, 'held')).toEqual([]);
        const screen = fleet.machine.tmux('capture-pane', '-p', '-t', pane);
        expect(screen).toContain('a draft of mine');
        expect(screen).not.toContain('end-of-turn');
        // The draft goes; copy mode comes.
        fleet.machine.tmux('copy-mode', '-t', pane);
        fleet.machine.tmux('send-keys', '-X', '-t', pane, 'history-top');
        await sleep(4000);
        expect(promptsOf(fleet, 'held')).toEqual([]);
        fleet.machine.tmux('send-keys', '-X', '-t', pane, 'cancel');
        fleet.machine.tmux('send-keys', '-t', pane, 'C-u');
        await fleet.reaches('held', 'done', 60_000);
        expect(promptsOf(fleet, 'held')).toHaveLength(1);
        expect(promptsOf(fleet, 'held')[0]).not.toContain('draft');
      } finally {
        await fleet.cleanup();
      }
    });
  });
});

function bodiesOn({ home }: TaskFleet): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(BODIES).map(([id, body]) => [id, body.replaceAll('HOMEDIR', home)]),
  );
}

function nothingRan({ machine }: TaskFleet): boolean {
  return machine
    .sh('ls -a "$HOME"')
    .split('\n')
    .every((name) => name !== 'ran');
}

/** The prompts of a task's agents, from their transcripts, which must be what the ledger measured. */
function promptsOf(fleet: TaskFleet, id: string): readonly string[] {
  const conversations = new Set(fleet.records(id).map(({ conversation }) => conversation));
  const measured = fleet.ledger().flatMap((line) => (line.event === 'prompt' ? [line.sha256] : []));
  return transcriptsOf(join(fleet.home, '.claude-shared/projects'))
    .flat()
    .filter(
      ({ type, sessionId, origin }) =>
        type === 'user' && origin !== undefined && conversations.has(String(sessionId)),
    )
    .map(({ message }) => {
      const text = contentOf(message);
      expect(measured).toContain(createHash('sha256').update(text).digest('hex'));
      return text;
    });
}

function contentOf(message: unknown): string {
  return typeof message === 'object' && message !== null && 'content' in message
    ? String(message.content)
    : '';
}

/** The body where it stands in a prompt, between whole lines of ours; null: it does not. */
function bodyIn(prompts: readonly string[], body: string): string | null {
  return prompts.some((prompt) => prompt.includes(`\n\n${body}`) && prompt.indexOf(body) > 20) ? body : null;
}
