import { readDesiredBytes } from '../desired/read.ts';
import { loadLastGood, saveLastGood } from '../host/state/last-good.ts';
import type { DesiredState } from '../model/desired.ts';
import type { DesiredReading, FileProblem } from '../model/seams.ts';
import type { FileSource } from './desired-source.ts';

/** What the loop goes by: the last good state, and what is wrong with the file as it is now. */
export interface InForce {
  readonly desired: DesiredState;
  readonly problems: readonly FileProblem[];
}

/** What became of one look at the file. */
export type FileNews =
  | { readonly type: 'same' }
  /** It differs, and a second look has yet to agree. */
  | { readonly type: 'unsettled' }
  | { readonly type: 'accepted'; readonly desired: DesiredState }
  | { readonly type: 'rejected'; readonly problems: readonly FileProblem[] };

export interface FileKeeper {
  now(): InForce;
  /** Looks at the file once more. A change counts when two looks agree on it, whether it is good or bad. */
  look(): Promise<FileNews>;
}

/**
 * The file as it is at start, or, where it is bad, as it last was good according to one of `stateDirs`. Null, with the
 * problems, where there never was a good one.
 */
export async function startWith(
  source: FileSource,
  stateDirs: readonly string[],
  home: string,
): Promise<{ readonly inForce: InForce | null; readonly problems: readonly FileProblem[] }> {
  const reading = await source.read();
  if (reading.ok) return { inForce: { desired: reading.desired, problems: [] }, problems: [] };
  const { problems } = reading;
  for (const stateDir of stateDirs) {
    const kept = lastGood(stateDir, source.file, home);
    if (kept?.ok === true) return { inForce: { desired: kept.desired, problems }, problems };
  }
  return { inForce: null, problems };
}

/** Keeps to the file: what is good is in force and on disk, what is bad changes nothing. */
export function fileKeeper(source: FileSource, stateDir: string, start: InForce): FileKeeper {
  let inForce = start;
  let settled = start.problems.length === 0 ? start.desired.hash : null;
  let seen = settled;
  return {
    now: () => inForce,
    async look() {
      const snapshot = await source.snapshot();
      const agreed = snapshot.fingerprint === seen;
      seen = snapshot.fingerprint;
      if (seen === settled) return { type: 'same' };
      if (!agreed) return { type: 'unsettled' };
      settled = seen;
      const reading = ofSameFleet(snapshot.parse(), inForce.desired.name);
      if (!reading.ok) {
        inForce = { ...inForce, problems: reading.problems };
        return { type: 'rejected', problems: reading.problems };
      }
      inForce = { desired: reading.desired, problems: [] };
      saveLastGood(stateDir, { file: source.file, text: snapshot.text });
      return { type: 'accepted', desired: reading.desired };
    },
  };
}

function lastGood(stateDir: string, file: string, home: string): DesiredReading | null {
  const kept = loadLastGood(stateDir);
  if (!kept.ok || kept.value === null || kept.value.file !== file) return null;
  return readDesiredBytes(new TextEncoder().encode(kept.value.text), { file, home });
}

/** Lock, memory and stamps go by the name: another name is another fleet, and another loop's business. */
function ofSameFleet(reading: DesiredReading, name: string): DesiredReading {
  if (!reading.ok || reading.desired.name === name) return reading;
  const { desired } = reading;
  const problem: FileProblem = {
    severity: 'error',
    code: 'other-fleet',
    file: desired.file,
    line: desired.sources['/name']?.line ?? 0,
    column: desired.sources['/name']?.column ?? 0,
    path: '/name',
    message: `the file now declares fleet ${desired.name}; this loop keeps fleet ${name}`,
    help: 'end this loop and start `rollcall run` anew for the other fleet',
    frame: '',
  };
  return { ok: false, problems: [problem] };
}
