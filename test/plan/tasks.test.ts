import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { AgentFacts, HookFact, ObservedRun, ScreenFact, TranscriptFact } from '../../src/model/run.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { MINUTE, NOW, pool, RUNS_DIR, session, TRAITS } from '../support/fleet.ts';
import { agentProcess, busy, claim, record, run } from '../support/queue.ts';
import { simulate } from '../support/simulate.ts';
import { caseOf, FLEET, linesOf } from '../support/task-world.ts';

const A = 'at0001';
const FIX = claim('sec', 'fix', 'auto-0', A);
/** Too young to be a surplus yet. */
const OTHER = session(2, 'auto-1', 'free', { createdAt: NOW - MINUTE });
const FOLDER = '/home/op/sec/.agent-queue';

/** One session is enough, so that none is made for the one that is gone. */
const STATE = { pools: { auto: pool({ min: 1 }) } };

interface Being {
  readonly run?: Partial<ObservedRun>;
  readonly record?: Partial<AttemptRecord>;
  /** What its session carries; null: no session carries it. */
  readonly phase?: 'started' | 'pasted' | 'submitted' | 'resubmitted' | 'reserved' | null;
  readonly dead?: boolean;
  readonly over?: Partial<PlanInput>;
}

/** One attempt and the session that carries it, at work but for what a case says. */
function being({ run: over, record: noted, phase = 'started', dead = false, ...rest }: Being): PlanInput {
  const work = { attempt: A, phase: phase === 'reserved' ? null : phase };
  const carrier = phase === null ? [] : [busy(1, 'auto-0', work, dead ? 'ended' : 'free')];
  const runs = [run(FIX, record(FIX, noted), over)];
  return caseOf({ state: STATE, sessions: [...carrier, OTHER], runs, ...rest });
}

const dead = agentProcess(A, { alive: false });
const exited = { agent: dead, exit: { code: 1, signal: null, at: NOW - 1_000 } } as const;

function facts(over: Partial<AgentFacts>): { readonly facts: AgentFacts } {
  return { facts: { ...NO_FACTS, ...over } };
}

function hook(
  event: HookFact['event'],
  over: Partial<HookFact> = {},
): { readonly hooks: readonly HookFact[] } {
  return { hooks: [{ event, at: NOW - MINUTE, error: null, background: 0, text: null, ...over }] };
}

function screen(state: ScreenFact['verdict']['state'], over: Partial<ScreenFact> = {}) {
  const verdict = { state, dialog: null, evidence: null, resetsAt: null, rule: 'rule' };
  const box = { text: '', pasted: false };
  return { screen: { at: NOW, verdict, box, question: null, hash: 'h', lastLines: ['>'], ...over } };
}

/** Only what is done about the task, as `type reason`, and where to. */
function doneAbout(given: PlanInput): readonly string[] {
  return linesOf(given).plan.actions.flatMap(({ type, reason, target, effect }) => {
    if (target === 'session/mine' || target === 'session/auto-0') {
      return target === 'session/auto-0' ? [`${type} ${reason}`] : [];
    }
    const to = 'to' in effect && effect.to !== null && !type.startsWith('task.sub') ? ` ${effect.to}` : '';
    const signal = effect.type === 'agent.stop' ? ` ${effect.signal}` : '';
    const how = effect.type === 'task.submit' ? ` ${effect.to}` : '';
    return [`${type} ${reason}${to.replace(FOLDER, '')}${signal}${how}`];
  });
}

function endOf(given: PlanInput): unknown {
  const found = linesOf(given).plan.actions.find(
    ({ type }) => type === 'task.finish' || type === 'task.return',
  );
  if (found?.type !== 'task.finish' && found?.type !== 'task.return') return null;
  const { end } = found.effect.record ?? { end: null };
  return end === null ? null : `${end.result} ${end.reason}`;
}

describe('a dispatch that was cut off', () => {
  const fresh = { spec: 'waiting', agent: null } as const;
  const unclaim = ['task.unclaim never-started /inbox/fix.md'];
  const cases: readonly (readonly [string, Being, readonly string[]])[] = [
    [
      'before the claim, the record missing',
      { run: { ...fresh, claim: null, record: read(null) }, phase: 'reserved' },
      ['task.unclaim never-started'],
    ],
    [
      'before the claim',
      { run: { ...fresh, claim: null }, phase: 'reserved' },
      ['task.unclaim never-started'],
    ],
    [
      'before the claim, in a session whose holder has ended since',
      { run: { ...fresh, claim: null }, phase: 'reserved', dead: true },
      ['task.unclaim never-started'],
    ],
    ['before the start', { run: fresh, phase: 'reserved' }, unclaim],
    ['before the start, and the session is gone', { run: fresh, phase: null }, unclaim],
    [
      'while it was taken back, the start already void',
      { run: { ...fresh, spec: 'void' }, phase: null },
      unclaim,
    ],
    ['before the launcher took what is to be started', { run: fresh }, []],
    ['before the launcher started the agent', { run: { spec: 'taken', agent: null } }, []],
    [
      'by the end of the launcher, before it took anything',
      { run: fresh, dead: true },
      ['task.finish task-failed /failed/fix.md'],
    ],
    [
      'by the end of the launcher, which had started nothing yet',
      { run: { spec: 'taken', agent: null }, dead: true },
      ['task.finish task-failed /failed/fix.md'],
    ],
    ['by the end of its session, its agent lives on', { phase: null }, []],
    [
      'by the end of its session, its launcher on the way',
      {
        run: { spec: 'taken', agent: null },
        record: { startedAt: NOW - 60 * MINUTE, launchedAt: NOW - 60 * MINUTE },
        phase: null,
      },
      ['task.finish task-failed /failed/fix.md'],
    ],
    [
      'by the end of its session, and of its agent',
      { run: { agent: dead }, phase: null },
      ['task.finish task-failed /failed/fix.md'],
    ],
  ];
  it.each(cases)('%s', (_, given, expected) => {
    expect(doneAbout(being(given))).toEqual(expected);
  });

  it('is taken back with the very session that is reserved for it, and else with none', () => {
    const effects = [being({ run: fresh, phase: 'reserved' }), being({ run: fresh, phase: null })].map(
      (given) => linesOf(given).plan.actions.find(({ type }) => type === 'task.unclaim')?.effect,
    );
    expect(effects).toMatchObject([
      { session: { name: 'auto-0', id: '$1' }, attempt: A, launchDir: `${RUNS_DIR}/${A}/1` },
      { session: null, claimed: `${FOLDER}/claimed/fix@auto-0@${A}.md` },
    ]);
  });

  it('is left as it is while its session cannot be told ours: contradicted, taken over, dedicated by an edit', () => {
    for (const kind of ['contradicted', 'split', 'dedicated'] as const) {
      const given = being({ run: fresh, phase: 'reserved' });
      const carrier = busy(1, kind === 'dedicated' ? 'mine' : 'auto-0', { attempt: A, phase: null });
      const sessions = [
        { ...carrier, ...(kind === 'contradicted' ? { contradictedBy: 'evil' } : {}) },
        OTHER,
      ].map((each) =>
        kind === 'split' && each.id === '$1' ? { ...each, panes: { ...each.panes, ...OTHER.panes } } : each,
      );
      const tmux = caseOf({ sessions }).observed.tmux;
      expect([kind, doneAbout({ ...given, observed: { ...given.observed, tmux } })]).toEqual([kind, []]);
    }
  });

  it('is not taken back while the server would show our mark on every session', () => {
    const given = being({ run: fresh, phase: 'reserved' });
    const { tmux } = given.observed;
    if (!tmux.ok || tmux.value.type !== 'up') throw new Error('a server');
    const inherited = read({ ...tmux.value, stampInherited: true });
    expect(doneAbout({ ...given, observed: { ...given.observed, tmux: inherited } })).toEqual([]);
  });

  it('is taken back in a session that ended and has no place any more, before that is stopped', () => {
    const given = being({ run: { ...fresh, claim: null }, phase: 'reserved', dead: true });
    // The other one, which is free, goes at once.
    expect(doneAbout({ ...given, desired: { ...given.desired, pools: {} } })).toEqual([
      'task.unclaim never-started',
      'session.stop undeclared',
    ]);
  });

  it('leaves no session reserved for a conversation to go on in whose task is over', () => {
    const given = being({ run: { ...fresh, claim: null }, phase: 'reserved', record: { launches: 2 } });
    expect(doneAbout(given)).toHaveLength(1);
  });

  it('finds a way on where the holder of a session reserved for a conversation has ended', () => {
    const given = being({ run: fresh, phase: 'reserved', dead: true, record: { launches: 2 } });
    expect(doneAbout(given)).toHaveLength(1);
  });
});

describe('a task ends', () => {
  const word = (type: 'done' | 'failed' | 'cancelled') => ({ word: { type, at: NOW - 1, message: 'so' } });
  const old = { startedAt: NOW - 40 * MINUTE, launchedAt: NOW - 40 * MINUTE };
  const cases: readonly (readonly [string, Being, string | null])[] = [
    ['while it works', {}, null],
    ['by its own word', { run: word('done') }, 'done agent-said-so'],
    ['by its own word that it failed', { run: word('failed') }, 'failed agent-said-so'],
    ['by the word of an operator', { run: word('cancelled') }, 'failed cancelled'],
    [
      'by its word, though its agent has died since',
      { run: { ...word('done'), ...exited } },
      'done agent-said-so',
    ],
    [
      'by its word, though its time was over',
      { run: word('done'), record: { timeoutMs: 1_000 } },
      'done agent-said-so',
    ],
    [
      'when its turn has ended',
      { run: facts({ ...hook('turn-ended'), ...screen('idle') }) },
      'done turn-ended',
    ],
    [
      'not while something of it runs in the background',
      { run: facts({ ...hook('turn-ended', { background: 1 }), ...screen('idle') }) },
      null,
    ],
    [
      'not while its screen shows it at work',
      { run: facts({ ...hook('turn-ended'), ...screen('working') }) },
      null,
    ],
    [
      'when its turn had ended before its agent did',
      { run: { ...exited, ...facts(hook('turn-ended')) }, dead: true },
      'done turn-ended',
    ],
    ['when its agent died before its turn ended', { run: exited, dead: true }, 'failed interrupted'],
    [
      'when its agent died and nobody wrote down how',
      { run: { agent: dead }, dead: true },
      'failed interrupted',
    ],
    ['not while its launcher lives and its agent is just gone', { run: { agent: dead } }, null],
    ['when it took longer than it may', { record: { timeoutMs: 10 * MINUTE } }, 'failed timeout'],
    ['not a moment before', { record: { timeoutMs: 10 * MINUTE + 1 } }, null],
    ['when nothing has moved for so long', { record: old }, 'failed stalled'],
    [
      'not when its transcript has moved',
      {
        record: old,
        run: facts({
          transcript: {
            at: NOW - MINUTE,
            prompted: true,
            turn: 'open',
            error: null,
            resetsAt: null,
            lastLines: [],
          },
        }),
      },
      null,
    ],
    [
      'not when its screen has moved',
      {
        record: old,
        run: facts(screen('working')),
        over: { memory: { ...being({}).memory, screens: { [A]: { hash: 'h', since: NOW - MINUTE } } } },
      },
      null,
    ],
    [
      'not for being asked a question for ever',
      { record: old, run: facts({ ...hook('asked', { at: NOW - 39 * MINUTE }), ...screen('waiting') }) },
      null,
    ],
    [
      'at its timeout, though it is asked a question',
      { record: { ...old, timeoutMs: MINUTE }, run: facts(screen('waiting')) },
      'failed timeout',
    ],
    [
      'by the exit code of an agent that says so with it',
      {
        run: { ...exited, exit: { code: 0, signal: null, at: NOW } },
        dead: true,
        over: { agents: { claude: { ...TRAITS, exitMeansDone: true } } },
      },
      'done agent-exited',
    ],
    [
      'badly by one that is not 0',
      { run: exited, dead: true, over: { agents: { claude: { ...TRAITS, exitMeansDone: true } } } },
      'failed agent-exited',
    ],
  ];
  it.each(cases)('%s', (_, given, expected) => {
    expect(endOf(being(given))).toBe(expected);
  });

  it('in the folder of its result, its record beside the others', () => {
    const effect = linesOf(being({ run: word('done') })).plan.actions.find(
      ({ type }) => type === 'task.finish',
    )?.effect;
    expect(effect).toMatchObject({
      claimed: `${FOLDER}/claimed/fix@auto-0@${A}.md`,
      to: `${FOLDER}/done/fix.md`,
      otherwise: `${FOLDER}/done/fix@${A}.md`,
      recordPath: `${FOLDER}/attempts/fix@${A}.json`,
      record: { attempt: A, end: { result: 'done', detail: 'its agent said that it is done: so' } },
    });
  });

  it('as its record already says, where a crash came between record and move', () => {
    const end = { result: 'done', reason: 'agent-said-so', detail: 'd', at: NOW - 1, lastLines: [] } as const;
    const failed = facts({ ...hook('turn-failed', { error: 'server-error' }), ...screen('error') });
    for (const given of [
      { run: { ...exited, ...failed }, dead: true },
      { run: failed },
      { run: exited, dead: true },
    ]) {
      expect(endOf(being({ ...given, record: { end } }))).toBe('done agent-said-so');
    }
  });

  it('is not told of an attempt whose record cannot be read, or whose server cannot', () => {
    const diagnostic = {
      severity: 'error',
      code: 'tmux-unreadable',
      target: 'tmux',
      summary: '',
      detail: '',
      help: null,
    } as const;
    expect(doneAbout(being({ run: { ...exited, record: unreadable(diagnostic) }, dead: true }))).toEqual([]);
    const given = being({ run: exited, dead: true });
    expect(doneAbout({ ...given, observed: { ...given.observed, tmux: unreadable(diagnostic) } })).toEqual(
      [],
    );
  });

  it('waits for whoever can answer it, and the question is told', () => {
    const asked = facts({
      ...hook('asked', { text: 'May I?' }),
      ...screen('waiting', { question: 'May I run it?' }),
    });
    const made = linesOf(being({ run: asked }));
    expect(made.actions).toEqual([]);
    expect(made.plan.diagnostics.find(({ code }) => code === 'task-waiting')?.detail).toContain(
      'May I run it?',
    );
  });
});

describe('an interrupted task', () => {
  it('goes back to its inbox while its retries allow, and fails when they are used up', () => {
    const after = (number: number, retries: number | null) =>
      endOf(being({ run: exited, dead: true, record: { number, retries } }));
    expect([after(1, null), after(1, 0), after(1, 1), after(2, 1), after(2, 2)]).toEqual([
      'failed interrupted',
      'failed interrupted',
      'returned interrupted',
      'failed interrupted',
      'returned interrupted',
    ]);
  });

  it('is returned by a record of a crash only once its agent has ended', () => {
    const end = {
      result: 'returned',
      reason: 'interrupted',
      detail: 'its session is gone',
      at: NOW,
      lastLines: [],
    } as const;
    const of = (over: Being): readonly string[] => doneAbout(being({ ...over, record: { retries: 1, end } }));
    expect(of({})).toEqual(['agent.stop interrupted SIGTERM']);
    expect(of({ run: exited, dead: true })[0]).toContain('task.return');
  });

  it('goes back under its own name, and beside a new file of that name', () => {
    const given = being({ run: exited, dead: true, record: { retries: 1, file: 'Fix it.md' } });
    expect(linesOf(given).plan.actions.find(({ type }) => type === 'task.return')?.effect).toMatchObject({
      to: `${FOLDER}/inbox/Fix it.md`,
      otherwise: `${FOLDER}/inbox/Fix it@${A}.md`,
    });
  });
});

describe('a turn that ended in an error', () => {
  const failed = (agoMs: number) =>
    facts({ ...hook('turn-failed', { at: NOW - agoMs, error: 'server-error' }), ...screen('error') });
  const ended = (agoMs: number, record: Partial<AttemptRecord> = {}) =>
    being({ run: { ...exited, ...failed(agoMs) }, dead: true, record });

  it('ends the agent first', () => {
    expect(doneAbout(being({ run: failed(5_000) }))).toEqual(['agent.stop turn-failed SIGTERM']);
  });

  it('does not end it before its transcript tells of the failure, or has had time to: what is not there cannot go on', () => {
    const transcript: TranscriptFact = {
      at: NOW - 50,
      prompted: true,
      turn: 'failed',
      error: 'server-error',
      resetsAt: null,
      lastLines: [],
    };
    const told = facts({
      ...hook('turn-failed', { at: NOW - 100, error: 'server-error' }),
      ...screen('error'),
      transcript,
    });
    const shown = facts({
      ...hook('turn-failed', { at: NOW - 4_999, error: 'quota' }),
      ...screen('limited'),
    });
    expect(doneAbout(being({ run: failed(4_999) }))).toEqual([]);
    expect(doneAbout(being({ run: shown }))).toEqual([]);
    expect(doneAbout(being({ run: told }))).toEqual(['agent.stop turn-failed SIGTERM']);
  });

  it('goes on with the same conversation in the same session, each time a little later', () => {
    expect(linesOf(ended(4_999)).withheld).toEqual(['session.relaunch session/auto-0 backing-off']);
    expect(doneAbout(ended(5_000))).toEqual(['session.relaunch turn-failed']);
    expect(doneAbout(ended(29_999, { launches: 2, errors: 1 }))).toEqual([]);
    expect(doneAbout(ended(30_000, { launches: 2, errors: 1 }))).toEqual(['session.relaunch turn-failed']);
    const found = linesOf(ended(5_000)).plan.actions.find(({ type }) => type === 'session.relaunch');
    expect(found?.effect).toMatchObject({
      session: { name: 'auto-0' },
      launch: { mode: 'resume', launch: 2, conversation: record(FIX).conversation, attempt: A },
      record: { launches: 2, errors: 1, launchedAt: NOW, startedAt: NOW - 10 * MINUTE },
    });
  });

  it('fails the task after three more starts, or as often as it says', () => {
    expect(doneAbout(ended(MINUTE, { errors: 2 }))).toEqual([]);
    expect(endOf(ended(3 * MINUTE, { errors: 3 }))).toBe('failed agent-error');
    expect(endOf(ended(3 * MINUTE, { errors: 0, retries: 0 }))).toBe('failed agent-error');
  });

  it('is the end where its agent cannot go on', () => {
    const agents = { claude: { ...TRAITS, resumes: false } };
    expect(endOf({ ...ended(MINUTE), agents })).toBe('failed agent-error');
  });

  it('goes on after a crash between the record and the start, too', () => {
    const cut = { spec: 'waiting', agent: null, exit: null, ...failed(MINUTE) } as const;
    const given = being({ run: cut, dead: true, record: { launches: 2, launchedAt: NOW - 1_000 } });
    expect(endOf(given)).toBe(null);
  });
});

describe('a task of which something is said before its agent ever started', () => {
  const said = (type: 'cancelled' | 'failed', phase: 'reserved' | null): unknown =>
    endOf(
      being({
        run: { word: { type, message: null, at: NOW - 1 }, agent: null, spec: 'waiting' },
        phase,
      }),
    );

  it('ends as it was said, with a session reserved for it and without', () => {
    expect(said('cancelled', null)).toBe('failed cancelled');
    expect(said('cancelled', 'reserved')).toBe('failed cancelled');
    expect(said('failed', null)).toBe('failed agent-said-so');
  });
});

describe('when its task is over', () => {
  const over = (more: Partial<ObservedRun>, isDead = false) =>
    being({ run: { claim: null, ...more }, dead: isDead });

  it('the agent is ended: asked to, given ten seconds, then made to', () => {
    expect(doneAbout(over({}))).toEqual(['agent.stop task-over SIGTERM']);
    expect(doneAbout(over({ endingSince: NOW - 9_999 }))).toEqual([]);
    expect(doneAbout(over({ endingSince: NOW - 10_000 }))).toEqual(['agent.stop task-over SIGKILL']);
  });

  it('the agent is ended also where somebody took the phase off its session: that is no reservation', () => {
    expect(doneAbout(being({ run: { claim: null }, phase: 'reserved' }))).toEqual([
      'agent.stop task-over SIGTERM',
    ]);
  });

  it('nothing is ended that started between the parts of a look, which saw neither its claim nor its phase', () => {
    const started = agentProcess(A, { at: NOW - 9_999 });
    expect(doneAbout(being({ run: { claim: null, agent: started }, phase: 'reserved' }))).toEqual([]);
  });

  it('and its agent ended, the session is freed, and rests', () => {
    const given = over({ agent: dead }, true);
    expect(doneAbout(given)).toEqual(['session.recreate task-over']);
    const { actions } = linesOf(given).plan;
    const then = { ...given, observed: actions.reduce(simulate, given.observed) };
    const sessions =
      then.observed.tmux.ok && then.observed.tmux.value.type === 'up'
        ? then.observed.tmux.value.sessions
        : {};
    expect(sessions['$1']?.stamp).toMatchObject({ work: null, freedAt: NOW });
    expect(linesOf(then).actions).toEqual([]);
  });

  it('nothing is done about it that rests on an inbox that was not read, or that the file does not declare', () => {
    const given = over({});
    const diagnostic = {
      severity: 'error',
      code: 'inbox-unreadable',
      target: 'i',
      summary: '',
      detail: '',
      help: null,
    } as const;
    const unread = { ...given.observed, inboxes: { sec: unreadable(diagnostic) } };
    expect(doneAbout({ ...given, observed: unread })).toEqual([]);
    const gone = {
      ...given,
      desired: { ...FLEET, inboxes: {} },
      observed: { ...given.observed, inboxes: {} },
    };
    expect(doneAbout(gone)).toEqual([]);
  });

  it('an agent in a session that is dedicated by now is left to its owner', () => {
    const given = over({});
    const owner = { cwd: '/home/op/work', agent: null, onSwap: 'leave' as const };
    const desired = { ...FLEET, dedicated: { ...FLEET.dedicated, 'auto-0': owner } };
    // Its pool is one short.
    expect(doneAbout({ ...given, desired })).toEqual(['session.create below-min']);
  });
});

describe('a prompt that is pasted', () => {
  const ours = { text: `Task fix, attempt ${A}`, pasted: true };
  const paste = (phase: 'started' | 'pasted' | 'submitted', box: ScreenFact['box'], sinceMs = 10_000) =>
    being({
      phase,
      run: facts({
        registry: { status: 'idle', waitingFor: null, at: NOW - MINUTE },
        ...screen('idle', { box }),
      }),
      record: { delivery: 'paste', launchedAt: NOW - MINUTE, startedAt: NOW - MINUTE },
      over: { memory: { ...being({}).memory, screens: { [A]: { hash: 'h', since: NOW - sinceMs } } } },
    });

  it('goes into an empty box that has been still, is sent by an Enter of its own, and again only while it stands', () => {
    const empty = { text: '', pasted: false };
    expect(doneAbout(paste('started', empty))).toEqual(['task.submit prompt-ready pasted']);
    expect(doneAbout(paste('started', empty, 100))).toEqual([]);
    expect(doneAbout(paste('started', null))).toEqual([]);
    expect(doneAbout(paste('pasted', ours))).toEqual(['task.submit text-in-box submitted']);
    expect(doneAbout(paste('pasted', empty))).toEqual([]);
    expect(doneAbout(paste('submitted', ours))).toEqual(['task.submit text-in-box resubmitted']);
    expect(doneAbout(paste('submitted', empty))).toEqual([]);
    expect(doneAbout(paste('submitted', { text: 'a draft', pasted: false }))).toEqual([]);
  });

  it('waits for a draft of somebody, for copy mode, and while somebody types', () => {
    const draft = paste('started', { text: 'my own words', pasted: false });
    expect(linesOf(draft).withheld).toEqual(['task.submit task/sec/fix in-use']);
    const at = (over: object, pane: object): PlanInput => {
      const given = paste('started', { text: '', pasted: false });
      const own = busy(1, 'auto-0', { attempt: A, phase: 'started' });
      const panes = Object.values(own.panes).map((each) => [each.id, { ...each, ...pane }]);
      const sessions = [{ ...own, panes: Object.fromEntries(panes), ...over }, OTHER];
      return { ...given, observed: { ...given.observed, tmux: caseOf({ sessions }).observed.tmux } };
    };
    expect(linesOf(at({}, { inMode: true })).withheld).toEqual(['task.submit task/sec/fix in-use']);
    expect(linesOf(at({}, { inputOdd: true })).withheld).toEqual(['task.submit task/sec/fix in-use']);
    expect(linesOf(at({ attached: 1, typedAt: NOW - 1 }, {})).withheld).toEqual([
      'task.submit task/sec/fix attached',
    ]);
    // Nobody can reach it any more.
    expect(doneAbout(at({}, { dead: true }))).toEqual(['agent.stop interrupted SIGTERM']);
  });
});
