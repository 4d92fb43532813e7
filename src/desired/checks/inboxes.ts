import { posix } from 'node:path';
import { type Finding, wrongValue } from '../finding.ts';
import { absolutePath, type PathBase } from '../paths.ts';
import { at, entries, text, type Written } from '../tree.ts';
import { unknownName } from './known.ts';

/** Inboxes that name no pool, and inboxes whose folders get in each other's way. */
export function inboxFindings(root: Written, base: PathBase): Finding[] {
  const pools = new Set(entries(at(root, 'pools')).map(([name]) => name));
  const inboxes = entries(at(root, 'inboxes'));
  const owners = new Map<string, string>();
  return inboxes.flatMap(([name, inbox]) => [
    ...unknownName(at(inbox, 'pool'), 'pool', pools, 'no-such-pool'),
    ...misplaced(name, at(inbox, 'dir'), owners, base),
  ]);
}

const BESIDE = ['claimed', 'done', 'failed', 'rejected', 'attempts'];

/** Two inboxes in one folder would share `claimed/`, and a task could be in two places. */
function misplaced(name: string, dir: Written, owners: Map<string, string>, base: PathBase): Finding[] {
  const written = text(dir);
  if (written === null || written === '') return [];
  const path = absolutePath(written, base);
  const folder = posix.dirname(path);
  const owner = owners.get(folder);
  owners.set(folder, owner ?? name);
  if (BESIDE.includes(posix.basename(path))) {
    const message = `an inbox cannot be called ${posix.basename(path)}: that folder of ours stands beside it`;
    return [wrongValue('inbox-folder', dir.path, message, 'call it inbox')];
  }
  if (owner === undefined) return [];
  const message = `inboxes "${owner}" and "${name}" stand in one folder: both would use ${folder}/claimed`;
  return [wrongValue('inbox-folder', dir.path, message, 'give each inbox a folder of its own around it')];
}
