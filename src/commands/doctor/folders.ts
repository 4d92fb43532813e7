import { pathFacts } from '../../host/doctor/path-facts.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok } from '../../model/doctor.ts';
import { shellQuoted } from '../shell-quote.ts';

/** Whether the folders are there in which sessions and tasks are to start. */
export function folderChecks({ pools, dedicated, inboxes }: DesiredState): readonly Check[] {
  return [
    ...Object.entries(dedicated).map(([name, { cwd }]) => folder(`session/${name}`, cwd)),
    ...Object.entries(pools).map(([name, { cwd }]) => folder(`pool/${name}`, cwd)),
    ...Object.entries(inboxes).map(([name, { cwd }]) => folder(`inbox/${name}`, cwd)),
  ];
}

function folder(at: string, cwd: string): Check {
  const found = pathFacts(cwd);
  if (found !== null && typeof found !== 'string' && found.type === 'directory')
    return ok('folder', at, `${cwd} is there`);
  const what =
    found === null
      ? 'does not exist'
      : typeof found === 'string'
        ? `cannot be entered: ${found}`
        : 'is not a folder';
  return fail('folder', at, {
    found: `${cwd} ${what}`,
    detail: 'What is to start there is withheld (cwd-missing): tmux would start it somewhere else.',
    help: found === null ? `mkdir -p ${shellQuoted(cwd)}` : `ls -ld ${shellQuoted(cwd)}`,
  });
}
