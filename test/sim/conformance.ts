import { setTimeout as sleep } from 'node:timers/promises';
import type { HostWriter, TmuxCommand, TmuxGuard } from '../../src/model/host.ts';
import { STAMP, stampCommands } from '../../src/model/stamp.ts';
import { type PrivateMachine, privateMachine } from '../support/tmux.ts';
import type { Luck } from './luck.ts';
import { type LiveHost, liveHost } from './machine/live-host.ts';
import { ended } from './machine/processes.ts';
import { EMPTY_WORLD } from './machine/world.ts';
import { OPERATIONS, type Operation, SCOPES, type Scope, withOption } from './operator.ts';

/** A name as an operator, or a script of theirs, may choose it. */
export const NAMES = [
  'one',
  'two',
  'auto-1',
  'auto-11',
  'a.b',
  'a:b',
  'a b',
  'A',
  'é日本',
  '=one',
  '$1',
  '%1',
  '@1',
  '~',
  'back\\slash',
  'tab\there',
  'new\nline',
  'quote"\'`',
  'semi;',
  '{}',
  '*?[',
  '__',
] as const;

/** One command, of an operator or of ours. */
export type Step =
  | { readonly type: Exclude<Operation, 'type' | 'detach'>; readonly at: number; readonly name: string }
  | {
      readonly type: 'option';
      readonly at: number;
      readonly scope: Scope;
      readonly option: string;
      readonly value: string | null;
    }
  | { readonly type: 'end-process'; readonly at: number }
  | { readonly type: 'our-session'; readonly name: string; readonly anew: boolean }
  | { readonly type: OurAct; readonly at: number; readonly fence: string; readonly stale: boolean };

const OUR_ACTS = [
  'our-fence',
  'our-unfence',
  'our-respawn',
  'our-respawn-kill',
  'our-kill',
  'our-text',
  'our-enter',
  'our-clear',
] as const;
type OurAct = (typeof OUR_ACTS)[number];

const OPERATOR = Object.keys(OPERATIONS).filter((name) => name !== 'type' && name !== 'detach');

/** Every kind of command there is. */
export const STEP_KINDS = [
  ...OPERATOR,
  ...SCOPES.map((scope) => `option ${scope}`),
  'end-process',
  'our-session',
  ...OUR_ACTS,
];

/** A sequence of commands; the first makes a session. */
export function sequence(luck: Luck, length: number): readonly Step[] {
  const steps: Step[] = [{ type: 'new-session', at: 0, name: 'one' }];
  while (steps.length < length) steps.push(drawn(luck));
  return steps;
}

function drawn(luck: Luck): Step {
  const at = luck(8);
  const name = NAMES[luck(NAMES.length)] ?? 'one';
  const ours = ['auto-1', 'auto-2'][luck(2)] ?? 'auto-1';
  switch (luck(8)) {
    case 0:
    case 1: {
      const scope = SCOPES[luck(SCOPES.length)] ?? 'session';
      const option = [STAMP.owner, STAMP.fence, 'remain-on-exit'][luck(3)] ?? STAMP.owner;
      const isOwn = option.startsWith('@');
      const values = isOwn ? ['home', 'evil', null] : ['on', 'off', null];
      const fitting = isOwn ? scope : (['window', 'global-window', 'pane'] as const)[luck(3)];
      return { type: 'option', at, scope: fitting ?? 'window', option, value: values[luck(3)] ?? null };
    }
    case 2:
      return { type: 'our-session', name: ours, anew: luck(4) === 0 };
    case 3:
    case 4:
      return {
        type: OUR_ACTS[luck(OUR_ACTS.length)] ?? 'our-fence',
        at,
        fence: ['', 'f1'][luck(2)] ?? '',
        stale: luck(5) === 0,
      };
    case 5:
      return { type: 'end-process', at };
    default: {
      const types = OPERATOR.filter((each) => each !== 'kill-server' || luck(4) === 0);
      const type = types[luck(types.length)] ?? 'new-session';
      return { type: type as Exclude<Operation, 'type' | 'detach'>, at, name };
    }
  }
}

/** Makes a sequence on the simulator and on a real server of its own; the first difference, or null. */
export async function difference(steps: readonly Step[]): Promise<string | null> {
  const machine = privateMachine();
  try {
    const small = liveHost(EMPTY_WORLD);
    for (const [number, step] of steps.entries()) {
      const now = await seen(machine.host);
      const mine = await seen(small.host);
      const answers = [await onReal(machine, step, now), await onSmall(small, step, mine)];
      const expected = JSON.stringify((await seen(small.host)).shown);
      const shown = await settledAs(machine.host, expected);
      if (answers[0] !== answers[1] || shown !== expected) {
        return [
          `${JSON.stringify(step)} at step ${String(number)}`,
          `real: ${String(answers[0])} ${shown}`,
          `simulated: ${String(answers[1])} ${expected}`,
        ].join('\n  ');
      }
    }
    return null;
  } finally {
    machine.cleanup();
  }
}

/** A process that ended, and a server without sessions, need a moment to show so. */
async function settledAs(host: HostWriter, expected: string): Promise<string> {
  let shown = '';
  for (let tries = 0; tries < 60; tries += 1) {
    shown = JSON.stringify((await seen(host)).shown);
    if (shown === expected) return shown;
    await sleep(20);
  }
  return shown;
}

interface Seen {
  readonly guard: Pick<TmuxGuard, 'incarnation'> | null;
  readonly sessions: readonly SeenSession[];
  /** What two servers must agree on. */
  readonly shown: unknown;
}

interface SeenSession {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly panes: readonly { readonly id: string; readonly pid: number; readonly dead: boolean }[];
}

async function seen(host: HostWriter): Promise<Seen> {
  const list = await host.tmux.list();
  if (list.type !== 'ok') return { guard: null, sessions: [], shown: list.type };
  const { incarnation, sessions } = list.value;
  const stamps = await host.tmux.stamps(Object.keys(sessions));
  if (stamps.type !== 'ok') return { guard: null, sessions: [], shown: stamps.type };
  const all = Object.values(sessions).toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  const shown = all.map(({ id, name, panes }) => {
    const { [STAMP.pane]: pane, [STAMP.pid]: pid, ...own } = stamps.value.sessions[id] ?? {};
    const listed = Object.values(panes).toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
    return {
      name,
      own: Object.entries(own).toSorted(),
      recorded: listed.map((each) => [each.id === pane, String(each.pid) === pid]),
      panes: listed.map(({ dead, inMode, inputOdd, shownOwner, shownFence }) => [
        dead,
        inMode,
        inputOdd,
        shownOwner,
        shownFence,
      ]),
    };
  });
  return {
    guard: { incarnation },
    sessions: all.map(({ id, name, panes }) => ({
      id,
      name,
      owner: stamps.value.sessions[id]?.[STAMP.owner] ?? '',
      panes: Object.values(panes).map((pane) => ({ id: pane.id, pid: pane.pid, dead: pane.dead })),
    })),
    shown: { inherited: stamps.value.inherited, sessions: shown },
  };
}

function onReal(machine: PrivateMachine, step: Step, now: Seen): Promise<string> {
  const at = 'at' in step ? now.sessions[step.at % Math.max(1, now.sessions.length)] : undefined;
  if (step.type === 'our-session' || isOurAct(step)) return byUs(machine.host, step, now);
  if (step.type === 'end-process') {
    const pane = at?.panes[0];
    if (pane !== undefined && !pane.dead) process.kill(pane.pid, 'SIGKILL');
    return Promise.resolve('done');
  }
  if (at === undefined && step.type !== 'new-session') return Promise.resolve('done');
  try {
    machine.tmux(...words(step, `${at?.id ?? ''}:`));
  } catch {
    // tmux says no: then nothing has changed, and that is what is compared.
  }
  return Promise.resolve('done');
}

/** The operator's command line. */
function words(
  step: Exclude<Step, { type: 'end-process' | 'our-session' | OurAct }>,
  target: string,
): readonly string[] {
  const at = ['-t', target];
  const run = ['sleep', '1000'];
  switch (step.type) {
    case 'option': {
      const where = {
        server: ['-s'],
        'global-session': ['-g'],
        'global-window': ['-gw'],
        session: at,
        window: ['-w', ...at],
        pane: ['-p', ...at],
      }[step.scope];
      return step.value === null
        ? ['set-option', '-u', ...where, step.option]
        : ['set-option', ...where, step.option, step.value];
    }
    case 'new-session':
      return ['new-session', '-d', '-s', step.name.replace(/;$/, '\\;'), '-x', '200', '-y', '200', ...run];
    case 'rename-session':
      return ['rename-session', ...at, '--', step.name.replace(/;$/, '\\;')];
    case 'split-window':
    case 'new-window':
      return [step.type, ...at, ...run];
    case 'kill-session':
    case 'kill-pane':
    case 'copy-mode':
      return [step.type, ...at];
    case 'leave-mode':
      return ['send-keys', ...at, '-X', 'cancel'];
    case 'input-off':
      return ['select-pane', '-d', ...at];
    case 'input-on':
      return ['select-pane', '-e', ...at];
    case 'synchronize':
      return ['set-option', '-w', ...at, 'synchronize-panes', 'on'];
    case 'unsynchronize':
      return ['set-option', '-w', ...at, 'synchronize-panes', 'off'];
    case 'respawn-other':
      return ['respawn-pane', '-k', ...at, ...run];
    case 'kill-server':
      return ['kill-server'];
  }
}

async function onSmall(small: LiveHost, step: Step, now: Seen): Promise<string> {
  const at = 'at' in step ? now.sessions[step.at % Math.max(1, now.sessions.length)] : undefined;
  if (step.type === 'our-session' || isOurAct(step)) return byUs(small.host, step, now);
  if (step.type === 'end-process') {
    const pane = at?.panes[0];
    if (pane !== undefined && !pane.dead) small.world = ended(small.world, pane.pid, null);
    return 'done';
  }
  if (at === undefined && step.type !== 'new-session') return 'done';
  const id = at?.id ?? '';
  small.world =
    step.type === 'option'
      ? withOption(small.world, id, step.scope, step.option, step.value)
      : OPERATIONS[step.type](small.world, id, step.name);
  return 'done';
}

function isOurAct(step: Step): step is Extract<Step, { type: OurAct }> {
  return OUR_ACTS.some((each) => each === step.type);
}

/** What Rollcall asks of either, and how it is answered. */
async function byUs(
  host: HostWriter,
  step: Extract<Step, { type: OurAct | 'our-session' }>,
  now: Seen,
): Promise<string> {
  if (step.type === 'our-session') {
    const created = { type: 'created', name: step.name } as const;
    const commands: readonly TmuxCommand[] = [
      { type: 'new-session', name: step.name, cwd: '/', argv: ['sleep', '1000'] },
      ...stampCommands(created, { owner: 'home', kind: 'pool', recordsPane: true }),
    ];
    if (now.guard === null || step.anew) return (await host.tmux.actOnNewServer(commands)).type;
    return (await host.tmux.act({ ...now.guard, session: null, pane: null }, commands)).type;
  }
  const ours = now.sessions.filter(({ name }) => /^auto-\d+$/.test(name));
  const at = ours[step.at % Math.max(1, ours.length)];
  const pane = at?.panes[0];
  if (now.guard === null || at === undefined || pane === undefined) return 'nothing there';
  const { incarnation } = now.guard;
  const life = step.stale ? { ...incarnation, startTime: incarnation.startTime - 1 } : incarnation;
  const guard: TmuxGuard = {
    incarnation: life,
    session: { id: at.id, name: at.name, owner: at.owner },
    pane,
    options: { [STAMP.fence]: step.fence },
    takesInput: step.type === 'our-text',
  };
  return (await host.tmux.act(guard, commandsOf(step, at.id, pane.id))).type;
}

function commandsOf(
  { type }: Extract<Step, { type: OurAct }>,
  id: string,
  pane: string,
): readonly TmuxCommand[] {
  const session = { type: 'id', id } as const;
  const run = { cwd: '/', argv: ['sleep', '1000'] } as const;
  const value = { type: 'literal', text: 'f1' } as const;
  switch (type) {
    case 'our-fence':
      return [{ type: 'set-option', scope: 'session', session, option: STAMP.fence, value }];
    case 'our-unfence':
      return [{ type: 'unset-option', session, option: STAMP.fence }];
    case 'our-respawn':
      return [{ type: 'respawn-pane', pane, ...run }];
    case 'our-respawn-kill':
      return [{ type: 'respawn-pane', pane, ...run, kill: true }];
    case 'our-kill':
      return [{ type: 'kill-session', id }];
    case 'our-text':
      return [{ type: 'type-text', pane, text: 'hello' }];
    case 'our-enter':
      return [{ type: 'press-enter', pane }];
    case 'our-clear':
      return [{ type: 'clear-line', pane }];
  }
}
