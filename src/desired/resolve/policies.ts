import type { Budget, JanitorSpec, QuotaSpec, Reconcile, TasksSpec } from '../../model/desired.ts';
import { percent, rate, sizeBytes } from '../../model/units.ts';
import type { WrittenState } from '../schema/written-state.ts';
import { checked, ms } from './fill.ts';

type Written<K extends keyof WrittenState> = NonNullable<WrittenState[K]>;

export function reconcileOf(written: Written<'reconcile'>): Reconcile {
  return {
    everyMs: ms(written.every ?? '15s'),
    maxActions: written.maxActions ?? 20,
    maxDisruptions: budgetOf(written.maxDisruptions ?? '30%'),
    prune: written.prune ?? 'owned',
  };
}

export function tasksOf(written: Written<'tasks'>): TasksSpec {
  const maxBytes = written.maxBytes ?? '256KiB';
  return {
    models: written.models ?? { critical: 'opus', default: 'sonnet' },
    idleTimeoutMs: ms(written.idleTimeout ?? '30m'),
    maxBytes: checked(sizeBytes(maxBytes), maxBytes),
  };
}

export function quotaOf(written: Written<'quota'>): QuotaSpec {
  const maxSwaps = written.maxSwaps ?? '6/24h';
  const switchAt = written.switchAt ?? 'off';
  return {
    confirmations: written.confirmations ?? 2,
    thresholds: { pool: written.thresholds?.pool ?? 2, dedicated: written.thresholds?.dedicated ?? 1 },
    cooldownMs: ms(written.cooldown ?? '5m'),
    maxSwaps: checked(rate(maxSwaps), maxSwaps),
    switchAtPercent: switchAt === 'off' ? null : checked(percent(switchAt), switchAt),
  };
}

export function janitorOf(written: Written<'janitor'>): JanitorSpec {
  return {
    keepDoneMs: ms(written.keepDone ?? '14d'),
    keepFailedMs: ms(written.keepFailed ?? '30d'),
    keepEventsMs: ms(written.keepEvents ?? '90d'),
  };
}

function budgetOf(written: number | string): Budget {
  if (typeof written === 'number') return { type: 'count', count: written };
  return { type: 'share', share: checked(percent(written), written) / 100 };
}
