import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readScreen } from '../../src/agents/screen.ts';
import { until } from '../support/tmux.ts';
import type { FailureKind } from './turn/failures.ts';
import { failure, linesOf, listening, transcripts } from './listening.ts';
import { shapeOf } from './record-shape.ts';
import { cellsOf } from './screen/text.ts';
import { openStage } from './stage.ts';
import type { Launch, Launched, Stage } from './stage.ts';
import { structureOf } from './structure.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus');
const RECORDS = join(CORPUS, 'records', 'claude');
const PROFILE = builtinProfile('claude');

interface Label {
  readonly file: string;
  readonly state: string;
  readonly dialog: string | null;
  readonly evidence: string | null;
  readonly resetsAt: string | null;
}

/** A capture of the real agent, and how the scripted one comes to show the same. */
interface Scene {
  readonly capture: string;
  readonly launch: Launch;
  /** What the real one wrote in the same run, where that was kept. */
  readonly records?: string;
  /** What happens until the screen is there; what it settles to is awaited by itself. */
  readonly act?: (agent: Launched) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  { capture: '23-idle-manual', launch: {} },
  {
    capture: '22-typed-not-submitted',
    launch: { args: ['--permission-mode', 'auto'] },
    act: typed('hello there'),
  },
  { capture: '20-idle-fresh', launch: { args: ['--permission-mode', 'auto'] } },
  { capture: '11-idle-bypass', launch: { args: ['--dangerously-skip-permissions'] } },
  {
    capture: '30-working-slow',
    launch: { args: ['--permission-mode', 'auto'], ...turn([{ type: 'work', ms: 90_000 }]) },
  },
  {
    capture: '31-finished',
    launch: {
      args: ['--permission-mode', 'auto'],
      ...turn([
        { type: 'print', text: `${Array.from({ length: 16 }, (_, n) => `word${String(n)}`).join(' ')} end.` },
      ]),
    },
  },
  {
    capture: '40-permission-bash',
    launch: turn([
      { type: 'print', text: 'I will use a tool.' },
      { type: 'permission', subject: 'touch /home/ada/x', description: 'Create a marker file' },
    ]),
  },
  { capture: '51-e-400-api-final', launch: failing('400') },
  { capture: '51-e-401-api-final', launch: failing('401') },
  { capture: '51-e-401-host-final', launch: failing('not-logged-in') },
  { capture: '51-e-401oauth-host-final', records: '401oauth-host', launch: failing('401-oauth') },
  { capture: '51-e-429-api-final', records: '429-api', launch: failing('429') },
  { capture: '51-e-500-api-final', records: '500-api', launch: failing('500') },
  { capture: '51-e-529-api-final', records: '529-api', launch: failing('529') },
  { capture: '51-e-credit-api-final', records: 'credit-api', launch: failing('credit') },
  { capture: '50-e-500-api-retrying', launch: { ...failing('500'), speed: 0.5 } },
  { capture: '51-e-limit5h-oat-final', records: 'limit5h-oat', launch: failing('limit-5h') },
  {
    capture: '51-e-limit7d-oat-final',
    records: 'limit7d-oat',
    launch: failing('limit-weekly', 3 * 86_400_000),
  },
  { capture: '62-limit5h-noauto-dialog', launch: withoutAutoContinue() },
  {
    capture: '63-limit5h-after-stop-choice',
    launch: withoutAutoContinue(),
    act: async (agent) => {
      await agent.shows(/Stop and wait/);
      agent.keys('Enter');
    },
  },
  {
    capture: '96-queued-while-busy',
    launch: turn([{ type: 'work', ms: 90_000 }]),
    act: async (agent) => {
      await agent.saw('turn-begin');
      agent.keys('-l', 'second message while busy');
      agent.keys('Enter');
    },
  },
  { capture: '08-trust-folder', launch: { env: { CLAUDE_CONFIG_DIR: 'onboarded' } } },
  {
    capture: '10-bypass-dialog-sandbox',
    launch: { env: { CLAUDE_CONFIG_DIR: 'trusting' }, args: ['--dangerously-skip-permissions'] },
  },
  {
    capture: '98-exit-slash_exit',
    launch: turn([{ type: 'print', text: 'Yes.' }]),
    act: async (agent) => {
      await agent.saw('turn-end');
      agent.keys('-l', '/exit');
      agent.keys('Enter');
      await agent.exitCode();
    },
  },
];

describe('the scripted agent draws and records what was captured from the real one', () => {
  it.each(SCENES)('$capture', async ({ capture, launch, act, records }) => {
    const stage = openStage();
    const { args, told } = listening(stage);
    const given = placed(stage, launch);
    const agent = stage.launch(records === undefined ? given : { ...given, args });
    await act?.(agent);
    const wanted = structureOf(captured(capture));
    const last = await until(() => settled(agent, wanted), 10_000).catch(() => agent.screen());
    expect(structureOf(last)).toEqual(wanted);
    readsAs(labelOf(capture), stage, agent);
    if (records === undefined) return;
    await recordsAs(records, stage, agent);
    expect(told().map(shapeOf)).toEqual(linesOf(join(RECORDS, 'hooks', `${records}.jsonl`)).map(shapeOf));
  });
});

describe('a terminal of another width', () => {
  const seen = [
    '51-e-limit5h-oat-final',
    '51-e-limit7d-oat-final',
    '51-e-529-api-final',
    '40-permission-bash',
  ];

  it.each(seen.flatMap((capture) => [60, 200].map((width) => ({ capture, width }))))(
    'shows $capture at $width columns, and it reads the same',
    async ({ capture, width }) => {
      const stage = openStage();
      const scene = SCENES.find((each) => each.capture === capture);
      const agent = stage.launch({ ...placed(stage, scene?.launch ?? {}), width });
      await agent.shows(/hit your|529 Overloaded|Do you want to/);
      // The title and what follows the limit come a moment later.
      await agent.shows(/Continuing automatically|Stop and wait|Resend your|❯ 1\. Yes/);
      readsAs(labelOf(capture), stage, agent);
      const widest = Math.max(...agent.screen().split('\n').map(cellsOf));
      expect(widest).toBe(width);
    },
  );

  it('is drawn anew when its size changes', async () => {
    const stage = openStage();
    const agent = stage.launch(turn([{ type: 'print', text: 'A sentence of quite some words. '.repeat(4) }]));
    await agent.saw('turn-end');
    stage.machine.tmux('resize-window', '-x', '70', '-y', '20');
    await agent.shows(/^─{70}\n❯\u00a0\n?.*\n?─{70}$/m);
    expect(agent.screen().split('\n')).toHaveLength(20);
    expect(agent.screen()).toMatch(/^● A sentence/m);
  });
});

/** The product reads it as the capture is labelled. */
function readsAs({ state, dialog, evidence }: Label, stage: Stage, { pane }: Launched): void {
  // Where the agent has gone, only the shell around it tells so.
  if (state === 'exited') return;
  for (const flags of [['-p'], ['-p', '-e']]) {
    const text = stage.machine.tmux('capture-pane', ...flags, '-t', pane);
    const title = stage.machine.tmux('display-message', '-p', '-t', pane, '#{pane_title}');
    const verdict = readScreen(PROFILE, { text, seenAt: Date.now(), title });
    expect({ ...verdict, rule: '' }).toEqual({ state, dialog, evidence, resetsAt: resetOf(stage), rule: '' });
  }
}

/** The agent is ended, and its transcript holds the error as the real one's does. */
async function recordsAs(name: string, stage: Stage, agent: Launched): Promise<void> {
  const { pid } = await agent.saw('turn-end');
  process.kill(pid, 'SIGTERM');
  await agent.exitCode();
  const real = linesOf(join(RECORDS, 'transcripts', `${name}.jsonl`));
  expect(shapeOf(failure(transcripts(stage)))).toEqual(shapeOf(failure(real)));
}

/** The reset that the agent recorded, to the minute, as epoch milliseconds; null: none. */
function resetOf(stage: Stage): number | null {
  const record = transcripts(stage).find(({ quotaLimits }) => quotaLimits !== undefined);
  const limits = record?.['quotaLimits'] as { readonly resetsAt: number } | undefined;
  return limits === undefined ? null : Math.floor(limits.resetsAt / 60) * 60_000;
}

function settled(agent: Launched, wanted: readonly string[]): string | null {
  const screen = agent.screen();
  return JSON.stringify(structureOf(screen)) === JSON.stringify(wanted) ? screen : null;
}

function captured(name: string): string {
  return readFileSync(join(CORPUS, 'claude', `${name}.txt`), 'utf8');
}

function labelOf(name: string): Label {
  const labels = JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as readonly Label[];
  const label = labels.find(({ file }) => file === `claude/${name}.txt`);
  if (label === undefined) throw new Error(`no label for ${name}`);
  return label;
}

/** In manual mode unless said otherwise; homes without answers are made here. */
function placed({ machine, cwd, home }: Stage, launch: Launch): Launch {
  const state = launch.env?.['CLAUDE_CONFIG_DIR'];
  const args = launch.args ?? ['--permission-mode', 'default'];
  if (state === undefined) return { ...launch, args };
  const own = join(machine.home, state);
  const projects = state === 'trusting' ? { [cwd]: { hasTrustDialogAccepted: true } } : {};
  const text = JSON.stringify({ hasCompletedOnboarding: true, projects });
  machine.sh(`mkdir '${own}'; echo '${text}' >'${own}/.claude.json'; test -d '${home}'`);
  return { ...launch, args, env: {}, home: own };
}

function turn(steps: NonNullable<NonNullable<Launch['scenario']>['rules']>[number]['steps']): Launch {
  return {
    prompt: 'fix the failing test',
    scenario: { start: { readyMs: 10 }, rules: [{ steps: steps ?? [] }] },
  };
}

function failing(kind: FailureKind, resetsInMs = 7_200_000): Launch {
  return { ...turn([{ type: 'fail', kind, resetsInMs }]), speed: 1000 };
}

function withoutAutoContinue(): Launch {
  const settings = JSON.stringify({ autoContinueAtUsageLimit: false });
  return { ...failing('limit-5h'), args: ['--permission-mode', 'default', '--settings', settings] };
}

function typed(text: string): NonNullable<Scene['act']> {
  return async (agent) => {
    await agent.shows(/^❯\u00a0/m);
    agent.keys('-l', text);
  };
}
