import { describe, expect, it } from 'vitest';
import type { DedicatedAgent, StoppedAgent, StoppedNote } from '../../src/model/dedicated-agent.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { Observed, ObservedPane, ObservedSession } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read } from '../../src/model/reading.ts';
import type { Action } from '../../src/model/plan.ts';
import type { AgentFacts } from '../../src/model/run.ts';
import { guard } from '../../src/plan/guard.ts';
import { plan } from '../../src/plan/plan.ts';
import { HOME, input, MINUTE, NOW, pane, server, session } from '../support/fleet.ts';
import { homeOf, HOUR, operatorUnder, quotaFleet, quotaLook, runUnder } from '../support/quota-fleet.ts';

const UUID = '00000000-0000-4000-8000-000000000777';
const SECRET = 'hush-0123456789';

/** An operator's agent that a limit has stopped, at its empty prompt. */
const LIMITED: AgentFacts = factsOf({});

interface Scene {
  readonly onSwap?: 'leave' | 'resume';
  readonly agent?: Partial<DedicatedAgent> | null;
  readonly facts?: AgentFacts;
  readonly session?: Partial<ObservedSession>;
  readonly pane?: Partial<ObservedPane>;
  readonly stopped?: Partial<StoppedNote> & { readonly is?: Partial<StoppedAgent> };
  readonly shared?: readonly string[];
  readonly exhausted?: Readonly<Record<string, number | null>>;
  readonly look?: Partial<Observed>;
  readonly over?: Partial<PlanInput>;
}

const NOTE: StoppedNote = {
  version: 1,
  session: 'mine',
  agent: 'claude',
  pid: 777,
  start: '1',
  pane: '%99',
  panePid: 776,
  via: 'shell',
  conversation: UUID,
  from: 'main',
  cwd: `${HOME}/work`,
  homeVariable: 'CLAUDE_CONFIG_DIR',
  shown: ['claude'],
  more: false,
  at: NOW - 2_000,
  resumedAt: null,
};

/** `main` has no quota left, `backup` is active, and in `mine` an agent of the operator's stands at the limit. */
function scene(given: Scene): PlanInput {
  const { onSwap = 'resume', facts = LIMITED, shared, exhausted, look, over } = given;
  const plain = quotaFleet(shared === undefined ? { sessions: 1 } : { sessions: 1, shared });
  const state: DesiredState = {
    ...plain,
    dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap } },
  };
  const own = operatorUnder('main', facts, {
    pane: '%99',
    panePid: 776,
    place: { type: 'shell' },
    homeVariable: 'CLAUDE_CONFIG_DIR',
    commandLine: line({}),
    ...given.agent,
  });
  const operators = given.agent === null ? {} : { mine: [own] };
  const { is, ...note } = given.stopped ?? {};
  const stopped: Observed['stopped'] =
    given.stopped === undefined
      ? {}
      : {
          mine: { note: { ...NOTE, ...note }, alive: false, prompt: { command: 'bash', x: 11, y: 3 }, ...is },
        };
  const mine = session(99, 'mine', 'foreign', {
    panes: { '%99': pane('%99', { pid: 776, command: 'bash', ...given.pane }) },
    ...given.session,
  });
  const free = session(1, 'auto-0', 'free');
  const seen = quotaLook(state, 'backup', {
    operators,
    over: { tmux: read(server([free, mine])), stopped, ...look },
  });
  return input(state, seen, { exhaustedUntil: read({ main: NOW + HOUR, ...exhausted }), ...over });
}

function factsOf({
  turn = 'failed',
  error = 'quota',
  status = 'idle',
  dialog = null,
  box = { text: '', pasted: false },
  at = NOW - MINUTE,
}: {
  readonly turn?: 'failed' | 'ended' | 'open' | 'interrupted' | null;
  readonly error?: 'quota' | 'server-error' | null;
  readonly status?: 'idle' | 'working' | 'waiting';
  readonly dialog?: 'limit-menu' | 'permission' | null;
  readonly box?: { readonly text: string; readonly pasted: boolean } | null;
  readonly at?: number;
}): AgentFacts {
  const verdict = {
    state: 'limited',
    dialog,
    evidence: 'quota',
    resetsAt: null,
    rule: 'limit-notice',
  } as const;
  return {
    registry: { status, waitingFor: null, at },
    hooks: [],
    transcript: { at, prompted: false, turn, error, resetsAt: NOW + HOUR, lastLines: [] },
    screen: { at: NOW, verdict, box, question: null, hash: 'h', lastLines: [] },
    usage: {},
  };
}

/** What the plan says of `mine`, in one line each. */
function linesOf(given: Scene): readonly string[] {
  const made = plan(scene(given));
  const about = <T extends { readonly target: string }>(all: readonly T[]) =>
    all.filter(({ target }) => target === 'session/mine' || target === 'plan');
  return [
    ...about(made.actions).map(({ type, reason }) => `${type} ${reason}`),
    ...about(made.withheld).map(({ type, reason }) => `withheld ${type} ${reason}`),
    ...about(made.diagnostics.filter(({ code }) => code !== 'suspended')).map(({ code }) => code),
  ];
}

describe('an operator’s agent under an account without quota', () => {
  it.each<readonly [string, Scene]>([
    ['at the limit, at its prompt', {}],
    ['at the limit menu', { facts: factsOf({ status: 'waiting', dialog: 'limit-menu', box: null }) }],
    ['idle, its turn over a minute ago', { facts: factsOf({ turn: 'ended', error: null }) }],
    ['in a pane of its own that stays', { agent: { place: { type: 'pane', stays: true } } }],
    ['attached, with nobody typing', { session: { attached: 1, typedAt: NOW - MINUTE } }],
    ['reached through the link, which cannot move', { agent: { throughLink: true } }],
  ])('is ended, to go on: %s', (_, given) => {
    expect(linesOf(given)).toEqual(['dedicated.stop exhausted']);
  });

  it.each<readonly [string, Scene, string]>([
    ['in its turn', { facts: factsOf({ turn: 'open', error: null, status: 'working' }) }, 'not-idle'],
    ['idle by its registry, its turn open', { facts: factsOf({ turn: 'open', error: null }) }, 'not-idle'],
    ['its turn interrupted', { facts: factsOf({ turn: 'interrupted', error: null }) }, 'not-idle'],
    ['at another error', { facts: factsOf({ error: 'server-error' }) }, 'not-idle'],
    ['asking for a permission', { facts: factsOf({ status: 'waiting', dialog: 'permission' }) }, 'not-idle'],
    ['at rest for a second', { facts: factsOf({ turn: 'ended', error: null, at: NOW - 1000 }) }, 'not-idle'],
    ['without a screen that shows its box', { facts: factsOf({ box: null }) }, 'not-idle'],
    ['without records', { facts: { ...LIMITED, registry: null } }, 'not-idle'],
    ['with a half-typed line', { facts: factsOf({ box: { text: 'half', pasted: false } }) }, 'in-use'],
    ['with a paste in its box', { facts: factsOf({ box: { text: '', pasted: true } }) }, 'in-use'],
    ['in copy mode', { pane: { inMode: true } }, 'in-use'],
    ['in a pane whose keys go elsewhere', { pane: { inputOdd: true } }, 'in-use'],
    ['typed in within a minute', { session: { attached: 1, typedAt: NOW - 59_000 } }, 'attached'],
    ['suspended', { over: { suspensions: read(hands('session/mine')) } }, 'suspended'],
    ['told to end a moment ago', { stopped: { is: { alive: true } } }, 'told-before'],
  ])('is left alone for now: %s', (_, given, reason) => {
    expect(linesOf(given)).toEqual([`withheld dedicated.stop ${reason}`]);
  });

  it.each<readonly [string, Scene, readonly string[]]>([
    ['onSwap is leave', { onSwap: 'leave' }, []],
    ['its conversation is not known', { agent: { conversation: null } }, []],
    ['the id of its conversation is corrupt', { agent: { conversation: '../../etc' } }, ['no-conversation']],
    ['its pane would go with it', { agent: { place: { type: 'pane', stays: false } } }, ['agent-unknown']],
    ['it was started by a script', { agent: { place: { type: 'other' } } }, ['agent-unknown']],
    [
      'it has a flag that is not known',
      { agent: { commandLine: line({ problem: 'odd' }) } },
      ['agent-unknown'],
    ],
    ['its flags cannot be typed', { agent: { commandLine: line({ typeable: false }) } }, ['agent-unknown']],
    ['the accounts do not share conversations', { shared: [] }, ['not-shared']],
    [
      'it was started again under the same account',
      { agent: { pid: 888, start: '2' }, stopped: { resumedAt: NOW - 1000 } },
      ['told-before'],
    ],
    ['it does not end', { stopped: { at: NOW - 31_000, is: { alive: true } } }, ['told-before']],
  ])('stays, and a person is told the command: %s', (_, given, reasons) => {
    expect(linesOf(given)).toEqual([
      ...reasons.map((reason) => `withheld dedicated.stop ${reason}`),
      'swap-left',
    ]);
  });

  it.each<readonly [string, Scene]>([
    ['its account has quota', { exhausted: { main: NOW - 1 } }],
    ['no other account has', { exhausted: { backup: NOW + HOUR, third: NOW + HOUR } }],
    ['its home is no account’s', { agent: { account: null } }],
  ])('is nobody’s business where %s', (_, given) => {
    expect(linesOf(given)).toEqual([]);
  });

  it('is told to nobody with what may be a secret', () => {
    const more = line({ more: true, shown: ['claude', '--model', 'opus'] });
    const made = plan(scene({ onSwap: 'leave', agent: { commandLine: more } }));
    const { help = '' } = made.diagnostics.find(({ code }) => code === 'swap-left') ?? {};
    expect(help).toContain(
      `CLAUDE_CONFIG_DIR=${homeOf('backup')} claude --model opus --resume ${UUID}   # and its other flags`,
    );
    expect(JSON.stringify(made)).not.toContain(SECRET);
  });

  it('waits until the pool’s first goes on', () => {
    const late = { launches: 2, launchedAt: NOW - 5_000, parkedUntil: null };
    const run = runUnder(1, 'backup', undefined, late);
    const given = scene({ look: { runs: { at0001: run } } });
    const made = plan(given);
    expect(made.withheld.map(({ type, reason }) => `${type} ${reason}`)).toContain(
      'dedicated.stop first-one-watched',
    );
    expect(made.actions.map(({ type }) => type)).not.toContain('dedicated.stop');
  });
});

describe('an operator’s agent that was ended', () => {
  const GONE = { agent: null } as const;
  const DEAD = { pane: { dead: true } } as const;

  it('goes on at the empty prompt of its shell', () => {
    expect(linesOf({ ...GONE, stopped: {} })).toEqual(['dedicated.resume goes-on']);
  });

  it('goes on in its own pane, again and again until something runs there', () => {
    const stopped = { via: 'pane' as const, resumedAt: NOW - 1000 };
    expect(linesOf({ ...GONE, ...DEAD, stopped })).toContain('dedicated.resume goes-on');
  });

  it('is better off where it was than nowhere', () => {
    const given = scene({ ...GONE, stopped: {}, exhausted: { backup: NOW + HOUR, third: NOW + HOUR } });
    const resumed = plan(given).actions.find(({ type }) => type === 'dedicated.resume');
    expect(resumed?.effect).toMatchObject({ account: 'main', home: homeOf('main') });
  });

  it.each<readonly [string, Scene, readonly string[]]>([
    ['its shell does not wait', { stopped: { is: { prompt: null } } }, ['withheld dedicated.resume in-use']],
    [
      'somebody typed since',
      { stopped: { at: NOW - 5 * MINUTE }, session: { typedAt: NOW - 2 * MINUTE } },
      ['withheld dedicated.resume in-use'],
    ],
    [
      'somebody reads in its pane',
      { stopped: {}, pane: { inMode: true } },
      ['withheld dedicated.resume in-use'],
    ],
    ['it was typed before', { stopped: { resumedAt: NOW - 1000 } }, []],
    ['it was typed before, and nothing came of it', { stopped: { resumedAt: NOW - MINUTE } }, ['swap-left']],
    ['it was long ago', { stopped: { at: NOW - 10 * MINUTE } }, ['swap-left']],
    ['its pane is another one', { stopped: { panePid: 5 } }, ['swap-left']],
    ['it still lives', { stopped: { is: { alive: true } } }, []],
    ['a clock was put back', { stopped: { at: NOW + MINUTE } }, []],
  ])('gets not one key where %s', (_, given, lines) => {
    expect(linesOf({ ...GONE, ...given })).toEqual(lines);
  });

  it('does not go on where somebody has gone on with its conversation', () => {
    const agent = { pid: 888, start: '2', account: 'backup' };
    expect(linesOf({ agent, stopped: {} })).toEqual([]);
  });
});

describe('the guard', () => {
  const of = (given: Scene): Action => {
    const made = plan(scene(given)).actions.find(({ type }) => type.startsWith('dedicated.'));
    if (made === undefined) throw new Error(`no action: ${linesOf(given).join()}`);
    return made;
  };
  const stop = of({});
  const resume = of({ agent: null, stopped: {} });

  it.each<readonly [string, Action, Scene]>([
    ['the file says leave', stop, { onSwap: 'leave' }],
    ['it is in its turn', stop, { facts: factsOf({ turn: 'open', error: null, status: 'working' }) }],
    ['its box is not empty', stop, { facts: factsOf({ box: { text: 'half', pasted: false } }) }],
    ['somebody types', stop, { session: { typedAt: NOW - 1 } }],
    ['it is in copy mode', stop, { pane: { inMode: true } }],
    ['it is another process', stop, { agent: { pid: 778 } }],
    ['it is of another life of that number', stop, { agent: { start: '2' } }],
    ['its account has quota', stop, { exhausted: { main: null } }],
    ['its pane would go', stop, { agent: { place: { type: 'pane', stays: false } } }],
    ['it is another conversation', stop, { agent: { conversation: UUID.replace('777', '778') } }],
    ['an operator asked for hands off', stop, { over: { suspensions: read(hands('*')) } }],
    ['its pane is another', stop, { pane: { pid: 5 } }],
    ['nothing was stopped', resume, { agent: null }],
    ['it lives', resume, { agent: null, stopped: { is: { alive: true } } }],
    ['it was typed before', resume, { agent: null, stopped: { resumedAt: NOW - 1 } }],
    ['the prompt is gone', resume, { agent: null, stopped: { is: { prompt: null } } }],
    ['its conversation is live', resume, { agent: { pid: 888 }, stopped: {} }],
    ['somebody typed since', resume, { agent: null, stopped: {}, session: { typedAt: NOW - 1 } }],
    ['its shell has ended', resume, { agent: null, stopped: {}, pane: { dead: true } }],
  ])('refuses to reach a dedicated session where %s', (_, action, given) => {
    expect(guard([action], scene({ agent: {}, ...given }))).not.toEqual([]);
  });

  it('lets both pass as they were planned', () => {
    expect(guard([stop], scene({}))).toEqual([]);
    expect(guard([resume], scene({ agent: null, stopped: {} }))).toEqual([]);
  });
});

function line(over: Partial<DedicatedAgent['commandLine']>): DedicatedAgent['commandLine'] {
  return { problem: null, typeable: true, shown: ['claude'], more: false, ...over };
}

function hands(key: string) {
  return { [key]: { since: NOW, until: null, reason: null, by: 'op' } };
}
