import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Look } from '../../src/loop/look.ts';
import { metrics } from '../../src/loop/metrics.ts';
import type { Cycle } from '../../src/loop/run.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { NEW_CHANNEL } from '../../src/model/notice.ts';
import type { Observed } from '../../src/model/observed.ts';
import { read } from '../../src/model/reading.ts';
import type { StepResult } from '../../src/model/step.ts';
import { phaseOf } from '../../src/plan/phase.ts';
import { plan } from '../../src/plan/plan.ts';
import { type Scraped, scraped } from '../support/exposition.ts';
import {
  desired,
  HOME,
  input,
  MINUTE,
  NOW,
  observed,
  pool,
  server,
  session,
  twoAccounts,
} from '../support/fleet.ts';
import { inbox, inboxSpec, waiting } from '../support/queue.ts';

const FLEET = desired({
  ...twoAccounts(),
  pools: { auto: pool({ min: 1, max: 2 }) },
  dedicated: { mine: { cwd: `${HOME}/work`, agent: null, onSwap: 'leave' } },
  inboxes: { box: inboxSpec('box'), 'odd"box': inboxSpec('odd') },
});

/** A cycle that did all of what its first look had planned. */
function cycle(
  state: DesiredState = FLEET,
  over: Partial<Observed> = {},
  results?: readonly StepResult[],
): Cycle {
  const given = input(state, observed(state, over));
  const usage = { percent: 75, resetsAt: NOW + 60 * MINUTE, at: NOW };
  const account = { exhaustedUntil: null, because: null, suspicion: null, used: { five_hour: usage } };
  const memory = { ...given.memory, quota: { ...given.memory.quota, accounts: { main: account } } };
  const whole = { ...given, memory } as unknown as Look['input'];
  const made = plan(whole);
  const look: Look = { input: whole, plan: made, memory: whole.memory, massRemoval: [], decisions: [] };
  const done = made.actions.map(
    ({ type, target }) => ({ type, target, outcome: 'applied', text: null, tookMs: 3 }) as const,
  );
  const phase = phaseOf(whole, made);
  return { first: look, look, phase, problems: [], results: results ?? done, tookMs: 40, endedAt: NOW };
}

const OF = { version: '1.2.3', fleet: 'home', now: () => NOW };

function valueOf(
  { series }: Scraped,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = series.filter(
    (each) =>
      each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value),
  );
  if (found.length > 1) throw new Error(`${String(found.length)} series of ${name}`);
  return found[0]?.value;
}

function event(
  type: JournalEvent['type'],
  target: string,
  fields: JournalEvent['fields'] = {},
): JournalEvent {
  return { at: new Date(NOW).toISOString(), type, severity: 'info', target, message: '', fields };
}

/** A task that has waited an hour, and a session that is free for it. */
const BUSY: Partial<Observed> = {
  tmux: read(server([session(1, 'auto-0', 'free')])),
  inboxes: { box: read(inbox({ 'fix.md': waiting('fix') })), 'odd"box': read(inbox({})) },
};

describe('metrics', () => {
  it('are sound before the first cycle', () => {
    const { series } = scraped(metrics(OF).text());
    expect(series.find(({ name }) => name === 'rollcall_build_info')?.labels).toEqual({
      version: '1.2.3',
      fleet: 'home',
    });
    expect(series.some(({ name }) => name === 'rollcall_phase')).toBe(false);
  });

  it('tell how the fleet is', () => {
    const own = metrics(OF);
    own.cycled(cycle(FLEET, BUSY));
    const got = scraped(own.text());
    expect(valueOf(got, 'rollcall_cycles_total')).toBe(1);
    expect(valueOf(got, 'rollcall_sessions', { kind: 'pool', pool: 'auto', state: 'free' })).toBe(1);
    expect(valueOf(got, 'rollcall_sessions', { kind: 'dedicated', pool: '', state: 'absent' })).toBe(1);
    expect(valueOf(got, 'rollcall_tasks', { inbox: 'box', state: 'waiting' })).toBe(1);
    expect(valueOf(got, 'rollcall_tasks', { inbox: 'odd"box', state: 'waiting' })).toBe(0);
    expect(valueOf(got, 'rollcall_task_oldest_waiting_seconds', { inbox: 'box' })).toBe(3600);
    expect(valueOf(got, 'rollcall_account_headroom_ratio', { account: 'main', window: 'five_hour' })).toBe(
      0.25,
    );
    expect(valueOf(got, 'rollcall_account_headroom_ratio', { account: 'backup' })).toBeUndefined();
    expect(valueOf(got, 'rollcall_account_window_reset_timestamp_seconds', { account: 'main' })).toBe(
      NOW / 1000 + 3600,
    );
    expect(valueOf(got, 'rollcall_last_successful_cycle_timestamp_seconds')).toBe(NOW / 1000);
    const phases = got.series.filter(({ name }) => name === 'rollcall_phase');
    expect(phases.reduce((sum, { value }) => sum + value, 0)).toBe(1);
  });

  it('count what was done, and how long a started task had waited', () => {
    const own = metrics(OF);
    const busy = cycle({ ...FLEET, accounts: {}, activeAccounts: {}, sharedState: null }, BUSY);
    expect(busy.results.map(({ type }) => type)).toContain('task.start');
    own.cycled(busy);
    const got = scraped(own.text());
    expect(valueOf(got, 'rollcall_actions_total', { type: 'task.start', outcome: 'applied' })).toBe(1);
    expect(valueOf(got, 'rollcall_task_queue_seconds_sum', { inbox: 'box' })).toBe(3600);
    expect(valueOf(got, 'rollcall_task_queue_seconds_bucket', { inbox: 'box', le: '900' })).toBe(0);
    expect(valueOf(got, 'rollcall_task_queue_seconds_bucket', { inbox: 'box', le: '3600' })).toBe(1);
  });

  it('take no cycle for a good one in which something failed', () => {
    const own = metrics(OF);
    own.cycled(
      cycle(FLEET, {}, [
        { type: 'session.create', target: 'session/x', outcome: 'failed', text: null, tookMs: 1 },
      ]),
    );
    const got = scraped(own.text());
    expect(valueOf(got, 'rollcall_last_successful_cycle_timestamp_seconds')).toBeUndefined();
    expect(valueOf(got, 'rollcall_actions_total', { type: 'session.create', outcome: 'failed' })).toBe(1);
    expect(valueOf(got, 'rollcall_last_cycle_timestamp_seconds')).toBe(NOW / 1000);
  });

  it('count the lines of the journal, swaps and ended tasks by them', () => {
    const own = metrics(OF);
    own.heard(event('swap.done', 'account/backup', { agent: 'claude' }));
    for (const id of ['a', 'b']) own.heard(event('task.done', `task/box/${id}`));
    own.heard(event('task.failed', 'task/box/c'));
    const got = scraped(own.text());
    expect(valueOf(got, 'rollcall_swaps_total', { agent: 'claude' })).toBe(1);
    expect(valueOf(got, 'rollcall_tasks_ended_total', { inbox: 'box', result: 'done' })).toBe(2);
    expect(valueOf(got, 'rollcall_tasks_ended_total', { inbox: 'box', result: 'failed' })).toBe(1);
    expect(valueOf(got, 'rollcall_events_total', { type: 'task.done' })).toBe(2);
    expect(valueOf(got, 'rollcall_events_total', { type: 'file.rejected' })).toBe(0);
  });

  it('have no more series for a thousand tasks than for one, and name none', () => {
    const seriesOf = (count: number): Scraped => {
      const own = metrics(OF);
      for (let index = 0; index < count; index += 1) {
        own.heard(event('task.done', `task/box/fix-${String(index)}`));
        own.heard(event('session.died', `session/auto-${String(index)}`));
      }
      const entries = Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`fix-${String(n)}.md`, waiting(`fix-${String(n)}`)]),
      );
      own.cycled(
        cycle(FLEET, { ...BUSY, inboxes: { box: read(inbox(entries)), 'odd"box': read(inbox({})) } }),
      );
      return scraped(own.text());
    };
    expect(seriesOf(1000).series.length).toBe(seriesOf(1).series.length);
    expect(JSON.stringify(seriesOf(1000))).not.toContain('fix-');
  });

  it('tell of notices where the file has rules for any', () => {
    const own = metrics(OF);
    const phone = { ...NEW_CHANNEL, sent: 4, failed: 2, state: 'failing' as const };
    const outbox = read({ folder: '/x', waiting: ['a', 'b'], sent: [], channels: { phone } });
    own.cycled(cycle(FLEET, { outbox }));
    const got = scraped(own.text());
    expect(valueOf(got, 'rollcall_notices_waiting')).toBe(2);
    expect(valueOf(got, 'rollcall_notices_total', { channel: 'phone', result: 'sent' })).toBe(4);
    expect(valueOf(got, 'rollcall_channel_state', { channel: 'phone', state: 'failing' })).toBe(1);
  });
});

describe('the dashboard', () => {
  const file = join(import.meta.dirname, '../../dashboards/rollcall.json');
  const { panels, templating } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly panels: readonly {
      readonly id: number;
      readonly title: string;
      readonly targets: readonly { readonly expr: string }[];
      readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    }[];
    readonly templating: unknown;
  };

  /** Everything that can be served, each family with what it tells apart. */
  function all(): ReadonlyMap<string, ReadonlySet<string>> {
    const own = metrics(OF);
    own.heard(event('swap.done', 'account/backup', { agent: 'claude' }));
    own.heard(event('task.done', 'task/box/a'));
    const outbox = read({ folder: '/x', waiting: [], sent: [], channels: { phone: NEW_CHANNEL } });
    own.cycled(cycle({ ...FLEET, accounts: {}, activeAccounts: {}, sharedState: null }, BUSY));
    const first = scraped(own.text()).series;
    const exhausted = cycle(FLEET, { ...BUSY, outbox });
    const { quota } = exhausted.look.input.memory;
    const main = {
      ...quota.accounts['main'],
      exhaustedUntil: NOW + MINUTE,
    } as (typeof quota.accounts)[string];
    const memory = { ...exhausted.look.input.memory, quota: { ...quota, accounts: { main } } };
    const known = { ...exhausted.look.input, memory, exhaustedUntil: read({ main: NOW + MINUTE }) };
    own.cycled({ ...exhausted, look: { ...exhausted.look, input: known } });
    const labels = new Map<string, Set<string>>();
    for (const each of [...first, ...scraped(own.text()).series]) {
      const found = labels.get(each.name) ?? new Set();
      for (const label of Object.keys(each.labels)) found.add(label);
      labels.set(each.name, found);
    }
    return labels;
  }

  const expressions = panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );
  const added = new Set(['job', 'instance']);

  it('asks only for what is served, by labels that it has', () => {
    const served = all();
    expect(expressions.length).toBeGreaterThan(15);
    for (const [title, expr] of expressions) {
      const names = [...expr.matchAll(/\b(rollcall_\w+)\{([^}]*)\}/g)];
      expect([title, names.length > 0]).toEqual([title, true]);
      for (const [, name = '', inside = ''] of names) {
        expect([title, name, served.has(name)]).toEqual([title, name, true]);
        for (const [, label = ''] of inside.matchAll(/(\w+)=/g))
          expect([title, name, label, added.has(label) || served.get(name)?.has(label)]).toEqual([
            title,
            name,
            label,
            true,
          ]);
      }
      expect(expr.match(/\brollcall_\w+(?!\{|\w)/g) ?? []).toEqual([]);
    }
    expect(JSON.stringify(templating)).toContain('rollcall_build_info');
  });

  it('shows everything that is served, but for what only tells which fleet it is', () => {
    const asked = expressions.map(([, expr]) => expr).join('\n');
    const missing = [...all().keys()]
      .filter((name) => !/_(?:sum|count)$/.test(name))
      .filter((name) => !new RegExp(`\\b${name}\\{`).test(asked));
    expect(missing.toSorted()).toEqual([
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'rollcall_account_window_reset_timestamp_seconds',
      'rollcall_build_info',
      'rollcall_channel_state',
      'rollcall_cycles_total',
      'rollcall_events_total',
      'rollcall_last_successful_cycle_timestamp_seconds',
      'rollcall_pending_actions',
      'rollcall_pool_max',
      'rollcall_pool_min',
    ]);
  });

  it('is not alone in knowing them: docs/metrics.md has a row for each, with its labels', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
    const rows = [...page.matchAll(/^\| (`(?:rollcall|process)_[^|]*) \| (\w*) *\| ([^|]*)\|/gm)];
    const told = new Map(
      rows.flatMap(([, names = '', , labels = '']) =>
        [...names.matchAll(/`(\w+)`/g)].map(
          ([, name = '']) =>
            [
              name,
              labels
                .split(',')
                .map((each) => each.trim())
                .filter((each) => each !== ''),
            ] as const,
        ),
      ),
    );
    const families = new Map(
      [...all()].flatMap(([name, labels]) => {
        const family = name.replace(/_bucket$/, '');
        if (/_seconds_(?:sum|count)$/.test(name)) return [];
        return [[family, [...labels].filter((label) => label !== 'le')] as const];
      }),
    );
    expect([...told.keys()].toSorted()).toEqual([...families.keys()].toSorted());
    for (const [name, labels] of families)
      expect([name, told.get(name)?.toSorted()]).toEqual([name, labels.toSorted()]);
  });

  it('has no two panels with one id or in one place', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const one of panels)
      for (const other of panels.filter(({ id }) => id > one.id)) {
        const [a, b] = [one.gridPos, other.gridPos];
        const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
        expect([one.title, other.title, apart]).toEqual([one.title, other.title, true]);
      }
  });
});
