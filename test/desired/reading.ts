import { readFileSync } from 'node:fs';
import type { DesiredState } from '../../src/model/desired.ts';
import type { DesiredReading, FileProblem } from '../../src/model/seams.ts';
import { readDesired } from '../../src/desired/read.ts';

/** Nothing here exists: reading is pure. */
export const BASE = { file: '/srv/fleet/desired-state.yaml', home: '/home/ann' };

export const EXAMPLE = readFileSync(new URL('../../examples/two-accounts.yaml', import.meta.url), 'utf8');

const HEAD = 'apiVersion: rollcall/v1\nkind: Fleet\nname: home\n';

/** A file with a good head and this body. */
export function body(text: string): DesiredReading {
  return readDesired(HEAD + text, BASE);
}

/** `code line:column path`, one for each problem; the body begins in line 4. */
export function brief(reading: DesiredReading): string[] {
  return found(reading).map(
    ({ code, line, column, path }) => `${code} ${String(line)}:${String(column)} ${path}`,
  );
}

export function found(reading: DesiredReading): readonly FileProblem[] {
  return reading.ok ? reading.warnings : reading.problems;
}

/** The state, or the problems as a failure. */
export function good(reading: DesiredReading): DesiredState {
  if (!reading.ok) throw new Error(reading.problems.map(({ frame }) => frame).join('\n'));
  return reading.desired;
}
