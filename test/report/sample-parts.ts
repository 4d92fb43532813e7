import type { OwnedPoolSession } from '../../src/model/plan.ts';
import type { Source } from '../../src/model/source.ts';

export const NOW = Date.parse('2026-11-22T15:19:03.000Z');
export const FILE = '/home/ann/desired-state.yaml';
export const INCARNATION = { pid: 812, startTime: 1_790_000_000 };

export function at(line: number): Source {
  return { file: FILE, line, column: 5 };
}

/** A mint for printing only: in the product plan/ alone mints one. */
export function owned(name: string): OwnedPoolSession {
  return JSON.parse(
    JSON.stringify({ name, id: '$3', pane: '%5', panePid: 4242, owner: 'home', incarnation: INCARNATION }),
  );
}
