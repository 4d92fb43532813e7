import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomic } from '../host/state/write-atomic.ts';
import { EXIT } from '../model/words.ts';
import { Stop } from './stop.ts';
import { sealOf } from './unit-seal.ts';

export interface PlacedUnit {
  readonly path: string;
  /** Sealed. */
  readonly text: string;
}

export interface InstalledUnit extends PlacedUnit {
  readonly result: 'written' | 'replaced' | 'unchanged';
}

/** Writes all of them, or, where one place holds something that is not ours as we wrote it, none: then it ends with 5. */
export function installUnits(units: readonly PlacedUnit[]): readonly InstalledUnit[] {
  const found = units.map(standsAt);
  return units.map((unit, index) => {
    const before = found[index] ?? null;
    if (before === unit.text) return { ...unit, result: 'unchanged' };
    write(unit.path, unit.text);
    return { ...unit, result: before === null ? 'written' : 'replaced' };
  });
}

/** What is there now, as we wrote it; null: nothing. */
function standsAt({ path }: PlacedUnit): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const refuse = (what: string): never => {
    throw new Stop(EXIT.refused, `${path} ${what}; it is left as it is, and nothing was written`);
  };
  // A link to /dev/null is how systemd masks a unit.
  if (!stats.isFile()) return refuse('is there already and is no file');
  const text = readFileSync(path, 'utf8');
  const seal = sealOf(text);
  if (seal === 'foreign') return refuse('is there already and was not written by `rollcall unit`');
  if (seal === 'edited')
    return refuse(
      'was edited since `rollcall unit` wrote it (move the edit into a drop-in and remove the file)',
    );
  return text;
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // systemd complains of units that not everybody can read; there is no secret in one.
    writeAtomic(path, text, { mode: 0o644 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Stop(EXIT.failed, `${path} cannot be written: ${why}`);
  }
}
