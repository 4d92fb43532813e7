import { readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LedgerLine } from '../scripted-agent/ledger.ts';
import type { WrittenRule } from '../scripted-agent/scenario/written.ts';
import { type TaskFleet, type TaskFleetOptions, taskFleet } from '../tasks/task-fleet.ts';
import { scenarioOf } from './limits.ts';
import { story } from './story.ts';

/** For a test of this folder, on a machine that has much else to do. */
export const PATIENCE_MS = 240_000;

export interface SwapFleetOptions extends Omit<TaskFleetOptions, 'scenario' | 'more'> {
  readonly rules: readonly WrittenRule[];
  /** Of the file, `quota.cooldown`. */
  readonly swapCooldown?: string;
  readonly more?: string;
}

/** A fleet whose agents meet limits as their script says. */
export interface SwapFleet extends TaskFleet {
  /** Says which accounts are at their limit, and until when: epoch milliseconds of the reset, by account. */
  limit(until: Readonly<Record<string, number>>): void;
  /** The account that the active link points at; null: the link is not there. */
  active(): string | null;
  /** The journal's lines of a type; `at` in epoch milliseconds. */
  told(type: string): readonly { readonly at: number; readonly target: string; readonly message: string }[];
  /** The turns of the last attempt of a task, oldest first. */
  turns(id: string): readonly Turn[];
}

export function swapFleet({
  rules,
  swapCooldown = '1ms',
  more = '',
  ...options
}: SwapFleetOptions): SwapFleet {
  const fleet = taskFleet({
    speed: 4,
    ...options,
    more: `quota: { cooldown: ${swapCooldown}, maxSwaps: 100/24h }\n${more}`,
  });
  const limits = join(fleet.home, 'limits.json');
  writeFileSync(join(fleet.home, 'scenario.json'), JSON.stringify({ ...scenarioOf(rules), limits }));
  return {
    ...fleet,
    reaches: (id, place, ms = 90_000) => fleet.reaches(id, place, ms),
    limit: (until) => {
      const byHome = Object.entries(until).map(([account, reset]) => [`.claude-${account}`, reset]);
      writeFileSync(`${limits}.new`, JSON.stringify(Object.fromEntries(byHome)));
      renameSync(`${limits}.new`, limits);
    },
    active: () => {
      try {
        return basename(readlinkSync(join(fleet.home, '.claude'))).replace('.claude-', '');
      } catch {
        return null;
      }
    },
    told: (wanted) =>
      fleet
        .events()
        .filter(({ type }) => type === wanted)
        .map((event) => ({ ...event, at: 'at' in event ? Date.parse(String(event.at)) : 0 })),
    turns: (id) => turnsOf(fleet.ledger(), fleet.records(id).at(-1)?.conversation ?? ''),
  };
}

/** Does `work` on a fleet, and takes it down; where it fails, what happened is printed. */
export async function on(
  options: SwapFleetOptions,
  work: (fleet: SwapFleet) => Promise<void>,
): Promise<void> {
  const fleet = swapFleet(options);
  try {
    await work(fleet);
  } catch (error) {
    process.stdout.write(`${story(fleet)}\n`);
    throw error;
  } finally {
    await fleet.cleanup();
  }
}

/** One turn of a conversation, by the agent's own ledger. */
export interface Turn {
  readonly pid: number;
  readonly number: number;
  readonly account: string;
  readonly begunAt: number;
  /** Null: it did not end, for its agent did. */
  readonly endedAt: number | null;
  /** `done`, `failed:limit-5h`, …; null with the above. */
  readonly result: string | null;
}

/** The turns of one conversation, oldest first. */
export function turnsOf(lines: readonly LedgerLine[], conversation: string): readonly Turn[] {
  const mine = lines.filter(({ session }) => session === conversation);
  return mine.flatMap((line) => {
    if (line.event !== 'turn-begin') return [];
    const { pid, turn: number, at: begunAt } = line;
    const end = mine.find((each) => each.event === 'turn-end' && each.pid === pid && each.turn === number);
    const start = mine.find((each) => each.event === 'start' && each.pid === pid);
    return [
      {
        pid,
        number,
        account: start?.event === 'start' ? basename(start.realHome).replace('.claude-', '') : '',
        begunAt,
        endedAt: end?.at ?? null,
        result: end?.event === 'turn-end' ? end.result : null,
      },
    ];
  });
}
