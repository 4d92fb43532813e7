import type { Status } from '../model/status.ts';
import { PHASES, SESSION_STATES, WITHHELD_REASONS } from '../model/words.ts';
import { inboxStatuses } from '../plan/inbox-status.ts';
import { statusOf } from '../plan/status.ts';
import { type Family, gauge, type Sample } from '../report/exposition.ts';
import { accountFamilies } from './metrics-accounts.ts';
import { noticeFamilies } from './metrics-notices.ts';
import type { Cycle } from './run.ts';

/** How the fleet was at the end of a cycle, told at `now` (epoch milliseconds). */
export function fleetFamilies(cycle: Cycle, now: number): readonly Family[] {
  const { look, phase, problems, endedAt } = cycle;
  const { input, plan } = look;
  const status = statusOf(input, plan);
  return [
    gauge('rollcall_last_cycle_timestamp_seconds', 'When the last cycle was complete.', [
      one(endedAt / 1000),
    ]),
    gauge(
      'rollcall_phase',
      'Whether the fleet is in that phase.',
      PHASES.map((each) => ({ labels: { phase: each }, value: each === phase ? 1 : 0 })),
    ),
    gauge('rollcall_file_good', 'Whether the file is in force as it is written.', [
      one(problems.length === 0 ? 1 : 0),
    ]),
    gauge('rollcall_pending_actions', 'Actions that the next cycle would begin with.', [
      one(plan.actions.length),
    ]),
    gauge(
      'rollcall_withheld',
      'Changes that may not be made now, by the reason.',
      WITHHELD_REASONS.map((reason) => ({
        labels: { reason },
        value: plan.withheld.filter((each) => each.reason === reason).length,
      })),
    ),
    gauge(
      'rollcall_diagnostics',
      'What plan and status report, by how bad it is.',
      (['error', 'warning', 'info'] as const).map((severity) => ({
        labels: { severity },
        value: plan.diagnostics.filter((each) => each.severity === severity).length,
      })),
    ),
    gauge('rollcall_suspensions', 'Things that an operator has asked to be left alone.', [
      one(Object.keys(status.suspensions).length),
    ]),
    ...sessionFamilies(status),
    ...taskFamilies(cycle, now),
    ...accountFamilies(status.accounts),
    ...noticeFamilies(input.observed),
  ];
}

function one(value: number): Sample {
  return { labels: {}, value };
}

function sessionFamilies({ sessions, pools }: Pick<Status, 'sessions' | 'pools'>): readonly Family[] {
  const found = Object.values(sessions);
  const dedicated = found.some(({ kind }) => kind === 'dedicated') ? [{ kind: 'dedicated', pool: '' }] : [];
  const undeclared = found.some(({ kind, pool }) => kind === 'pool' && pool === null);
  const groups = [
    ...dedicated,
    ...Object.keys(pools).map((pool) => ({ kind: 'pool', pool })),
    ...(undeclared ? [{ kind: 'pool', pool: '' }] : []),
  ];
  return [
    gauge(
      'rollcall_sessions',
      'Sessions by what they are doing; pool is empty for dedicated ones, and where no pool has a place for one.',
      groups.flatMap(({ kind, pool }) =>
        SESSION_STATES.map((state) => ({
          labels: { kind, pool, state },
          value: found.filter(
            (each) => each.kind === kind && (each.pool ?? '') === pool && each.state === state,
          ).length,
        })),
      ),
    ),
    gauge('rollcall_pool_min', 'Sessions that the file asks to be kept.', sizes(pools, 'min')),
    gauge('rollcall_pool_max', 'Sessions that the file allows.', sizes(pools, 'max')),
  ];
}

function sizes(pools: Status['pools'], key: 'min' | 'max'): readonly Sample[] {
  return Object.entries(pools).map(([pool, spec]) => ({ labels: { pool }, value: spec[key] }));
}

function taskFamilies({ look }: Cycle, now: number): readonly Family[] {
  const { observed } = look.input;
  const inboxes = Object.entries(inboxStatuses(observed));
  const oldest = Object.entries(observed.inboxes).flatMap(([inbox, reading]) => {
    if (!reading.ok) return [];
    const since = Object.values(reading.value.entries).reduce(
      (least, entry) => (entry.type === 'task' ? Math.min(least, entry.since) : least),
      now,
    );
    return [{ labels: { inbox }, value: Math.max(0, now - since) / 1000 }];
  });
  return [
    gauge(
      'rollcall_tasks',
      'Task files by where they lie; in claimed/ by whether they are parked.',
      inboxes.flatMap(([inbox, states]) =>
        Object.entries({ ...states }).map(([state, value]) => ({ labels: { inbox, state }, value })),
      ),
    ),
    gauge(
      'rollcall_task_oldest_waiting_seconds',
      'How long the oldest task has waited; 0: none does.',
      oldest,
    ),
  ];
}
