import { dirname } from 'node:path';
import { pathFacts } from '../../host/doctor/path-facts.ts';
import { loadLastGood } from '../../host/state/last-good.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import type { FileProblem } from '../../model/seams.ts';
import type { FleetReading } from '../load-fleet.ts';
import { shellQuoted } from '../shell-quote.ts';

const AT = 'file';

/** What can be said of the desired-state file. */
export function fileChecks(reading: FleetReading): readonly Check[] {
  return [validity(reading), mode(reading.file)];
}

function validity(reading: FleetReading): Check {
  if (reading.ok) {
    const [first, ...more] = reading.warnings;
    if (first === undefined) return ok('file', AT, `${reading.file} is valid`);
    return warn('file', AT, {
      found: `${reading.file} is valid, with ${counted(more.length + 1, 'warning')}`,
      detail: placed(first),
      help: first.help ?? 'rollcall validate',
    });
  }
  const [first] = reading.problems;
  return fail('file', AT, {
    found: `${reading.file} is bad: ${counted(reading.problems.length, 'problem')}`,
    detail: first === undefined ? '' : placed(first),
    help: 'rollcall validate',
  });
}

function mode(file: string): Check {
  const at = [file, dirname(file)].find((path) => {
    const found = pathFacts(path);
    if (found === null || typeof found === 'string') return false;
    // A sticky folder lets others add files, not replace this one.
    return (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0;
  });
  if (at === undefined) return ok('file-mode', AT, 'nobody else can rewrite it');
  return warn('file-mode', AT, {
    found: `${at} can be written by others`,
    detail: 'Whoever rewrites the file decides which programs run as you.',
    help: `chmod go-w ${shellQuoted(at)}`,
  });
}

/** Whether the file is the one that the loop goes by. */
export function lastGoodCheck(dir: string, file: string, text: string | null, desired: DesiredState): Check {
  const kept = loadLastGood(dir);
  if (!kept.ok)
    return warn('last-good', AT, {
      found: 'the last good file kept cannot be read',
      detail: kept.diagnostic.detail,
      help: 'rollcall apply keeps it anew, once the file is good',
    });
  if (kept.value === null) return ok('last-good', AT, `fleet ${desired.name} was never applied`);
  if (kept.value.file !== file)
    return warn('last-good', AT, {
      found: `fleet ${desired.name} was last applied from ${kept.value.file}`,
      detail: 'Two files with one name take turns with one fleet.',
      help: 'another `name:` in one of them',
    });
  if (kept.value.text === text) return ok('last-good', AT, 'the file is as last put in force');
  return warn('last-good', AT, {
    found: 'the file differs from what was last put in force',
    detail: 'A running loop takes a good edit within seconds; without one it waits for apply.',
    help: 'rollcall plan',
  });
}

function placed({ file, line, column, message }: FileProblem): string {
  return line === 0 ? message : `${file}:${String(line)}:${String(column)}: ${message}`;
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
