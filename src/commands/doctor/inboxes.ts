import { dirname } from 'node:path';
import { pathFacts, type PathFacts } from '../../host/doctor/path-facts.ts';
import type { DesiredState } from '../../model/desired.ts';
import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import { queueFolders } from '../../model/queue.ts';
import { shellQuoted } from '../shell-quote.ts';

const ID = 'inbox-folder';

/** Whether only you drop tasks into each inbox, and whether a task goes from folder to folder in one step. */
export function inboxChecks({ inboxes }: DesiredState): readonly Check[] {
  return Object.entries(inboxes).map(([name, { dir }]) => {
    const at = `inbox/${name}`;
    const folders = Object.values(queueFolders(dir));
    const there = folders.flatMap((path) => {
      const found = pathFacts(path);
      return found === null || typeof found === 'string' ? [] : [{ path, found }];
    });
    return (
      open(at, dir, there) ??
      apart(at, dir, there) ??
      ok(ID, at, there.length === 0 ? `${dir} is not there yet` : `only you can put a task into ${dir}`)
    );
  });
}

type There = readonly { readonly path: string; readonly found: PathFacts }[];

/** The folder itself, or the one around it, in which it could be exchanged for another. */
function open(at: string, dir: string, there: There): Check | null {
  const around = pathFacts(dirname(dir));
  const all =
    around === null || typeof around === 'string' ? there : [...there, { path: dirname(dir), found: around }];
  const wrong = all.find(({ found: { mode } }) => (mode & 0o022) !== 0 && (mode & 0o1000) === 0);
  if (wrong === undefined) return null;
  return fail(ID, at, {
    found: `${wrong.path} can be written by others (mode ${wrong.found.mode.toString(8)})`,
    detail: 'Whoever drops a task there has an agent work with your rights.',
    help: `chmod go-w ${shellQuoted(wrong.path)}`,
  });
}

/** A task is claimed by rename(2), which goes no further than one file system. */
function apart(at: string, dir: string, there: There): Check | null {
  const [first] = there;
  const other = there.find(({ found }) => first !== undefined && device(found) !== device(first.found));
  if (other === undefined) return null;
  return warn(ID, at, {
    found: `${other.path} is on another file system than ${dir}`,
    detail: 'A task cannot be moved there in one step, so none is started or finished.',
    help: `the folders beside ${shellQuoted(dir)} on one file system, and no link to another`,
  });
}

function device({ identity }: PathFacts): string {
  return identity.split(':')[0] ?? '';
}
