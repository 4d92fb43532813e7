import { EVENT_TYPES, type JournalEvent } from '../model/event.ts';
import { STEP_OUTCOMES } from '../model/step.ts';
import { ACTION_TYPES } from '../model/words.ts';
import { counter, exposition, type Family, gauge } from '../report/exposition.ts';
import { counts, durations } from './metric-counts.ts';
import { fleetFamilies } from './metrics-fleet.ts';
import { processFamilies } from './metrics-process.ts';
import type { Cycle } from './run.ts';

/** What the loop has counted since it was started, and how the fleet was when it last looked. */
export interface Metrics {
  /** After every cycle. */
  cycled(cycle: Cycle): void;
  /** Each line of the journal. */
  heard(event: JournalEvent): void;
  /** In Prometheus' text format. */
  text(): string;
}

export interface MetricsOptions {
  readonly version: string;
  readonly fleet: string;
  /** Epoch milliseconds, now. */
  readonly now: () => number;
}

/** Upper bounds in seconds: of a cycle, and of a task's wait. */
const CYCLE_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const QUEUE_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400];

/** Task ids, sessions and whatever else comes and goes are no labels: only what the file declares, and words of ours. */
export function metrics({ version, fleet, now }: MetricsOptions): Metrics {
  const cycles = counts([{}]);
  const cycleSeconds = durations(CYCLE_SECONDS, [{}]);
  const actions = counts(ACTION_TYPES.flatMap((type) => STEP_OUTCOMES.map((outcome) => ({ type, outcome }))));
  const events = counts(EVENT_TYPES.map((type) => ({ type })));
  const swaps = counts();
  const ended = counts();
  const queueSeconds = durations(QUEUE_SECONDS);
  let last: Cycle | null = null;
  let lastGoodAt: number | null = null;
  const own = (): readonly Family[] => [
    gauge('rollcall_build_info', 'Always 1; what runs, and which fleet it keeps.', [
      { labels: { version, fleet }, value: 1 },
    ]),
    counter('rollcall_cycles_total', 'Completed cycles of look, plan and apply.', cycles.all()),
    {
      type: 'histogram',
      name: 'rollcall_cycle_duration_seconds',
      help: 'How long a cycle took.',
      samples: cycleSeconds.all(),
    },
    gauge(
      'rollcall_last_successful_cycle_timestamp_seconds',
      'When a cycle last ended in which every action went as planned.',
      lastGoodAt === null ? [] : [{ labels: {}, value: lastGoodAt / 1000 }],
    ),
    counter('rollcall_actions_total', 'Actions carried out, by what became of them.', actions.all()),
    counter('rollcall_events_total', 'Lines written to the journal.', events.all()),
    counter('rollcall_swaps_total', 'Moves of the active account.', swaps.all()),
    counter('rollcall_tasks_ended_total', 'Tasks that are over, or were given back.', ended.all()),
    {
      type: 'histogram',
      name: 'rollcall_task_queue_seconds',
      help: 'How long tasks had waited in their inbox when their agent was started.',
      samples: queueSeconds.all(),
    },
  ];
  return {
    cycled(cycle) {
      last = cycle;
      cycles.add({});
      cycleSeconds.add({}, cycle.tookMs / 1000);
      for (const { type, outcome } of cycle.results) actions.add({ type, outcome });
      const bad = cycle.results.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown');
      if (!bad) lastGoodAt = now();
      for (const { inbox, seconds } of waits(cycle)) queueSeconds.add({ inbox }, seconds);
    },
    heard({ type, target, fields }) {
      events.add({ type });
      if (type === 'swap.done') swaps.add({ agent: String(fields['agent'] ?? '') });
      const result = RESULTS[type];
      const inbox = /^task\/([^/]+)\//.exec(target)?.[1];
      if (result !== undefined && inbox !== undefined) ended.add({ inbox, result });
    },
    text: () =>
      exposition([...own(), ...processFamilies(now()), ...(last === null ? [] : fleetFamilies(last, now()))]),
  };
}

const RESULTS: Readonly<Partial<Record<JournalEvent['type'], string>>> = {
  'task.done': 'done',
  'task.failed': 'failed',
  'task.cancelled': 'cancelled',
  'task.rejected': 'rejected',
  'task.returned': 'returned',
};

/** The tasks that this cycle started, and how long each had waited. */
function waits({ first, results }: Cycle): readonly { readonly inbox: string; readonly seconds: number }[] {
  const started = new Set(
    results
      .filter(({ type, outcome }) => type === 'task.start' && outcome === 'applied')
      .map(({ target }) => target),
  );
  return first.plan.actions.flatMap((action) => {
    if (action.type !== 'task.start' || !started.has(action.target)) return [];
    const { inbox } = action.effect.claim;
    const reading = first.input.observed.inboxes[inbox];
    const entry = reading?.ok === true ? reading.value.entries[action.effect.record.file] : undefined;
    const since = entry?.type === 'task' ? entry.since : null;
    return since === null ? [] : [{ inbox, seconds: Math.max(0, first.input.observed.at - since) / 1000 }];
  });
}
