import type { Leftover, LeftoverPart } from '../model/leftovers.ts';
import type { ActionOf } from '../model/plan.ts';
import type { PlanInput } from '../model/plan-input.ts';
import { queueFolders } from '../model/queue.ts';
import { broken } from './guard-broken.ts';

/** Only what was seen, is ours by its place and name, has lain for as long as the file says, and nobody needs. */
export function removesOnlyOld(action: ActionOf<'janitor.remove'>, input: PlanInput): readonly string[] {
  const { target, effect } = action;
  const { leftovers, inboxes, tmux } = input.observed;
  const place = leftovers?.places[target];
  const parts = effect.entries.flatMap(({ parts: each }) => each);
  const about = `janitor.remove of ${target}`;
  return [
    ...broken(about, [
      [place !== undefined, 'nobody has looked there'],
      [tmux.ok, 'the server was not read: an agent may need it'],
      [Object.values(inboxes).every(({ ok }) => ok), 'an inbox was not read: a task may need it'],
      [effect.entries.length <= 100, 'it is more than one action may remove'],
      [
        effect.rotates === null ||
          ['events', 'evidence'].some(
            (name) => effect.rotates?.path === `${leftovers?.stateDir ?? ''}/${name}.jsonl`,
          ),
        'it would begin something else anew',
      ],
      [
        effect.rotates === null || place?.rotates?.identity === effect.rotates.identity,
        'it would begin another file anew',
      ],
      [new Set(parts.map(pathOf)).size === parts.length, 'one thing would go twice'],
    ]),
    ...effect.entries.flatMap(({ parts: own, attempt }) =>
      broken(`${about}: ${own.map(({ name }) => name).join(', ')}`, [
        [place?.entries.some((entry) => isSame(entry, own)) === true, 'it was not seen so'],
        [own.every((part) => isPast(part, target, input)), 'it is younger than the file says'],
        [own.every((part) => isOursByName(part, target, input)), 'it is not ours by its name and place'],
        [attempt === null || input.observed.runs[attempt] === undefined, 'its attempt is under way'],
        [!own.some((part) => isOfOpenTask(part, input)), 'a task that waits or runs needs it'],
        [!own.some((part) => isOfRunningAttempt(part, input)), 'it belongs to an attempt that is under way'],
      ]),
    ),
  ];
}

function pathOf({ folder, name }: LeftoverPart): string {
  return `${folder}/${name}`;
}

function isSame({ parts }: Leftover, own: readonly LeftoverPart[]): boolean {
  return (
    parts.length === own.length &&
    parts.every(({ identity }, index) => identity === own[index]?.identity) &&
    parts.every((part, index) => own[index] !== undefined && pathOf(part) === pathOf(own[index]))
  );
}

/** By the clock of the file system, whatever a record says; a journal's last line counts, not its last rename. */
function isPast({ changedAt, identity }: LeftoverPart, target: string, input: PlanInput): boolean {
  const { keepDoneMs, keepFailedMs, keepEventsMs } = input.desired.janitor;
  const isJournal = target === 'fleet/events' || target === 'fleet/evidence';
  if (isJournal) return Number(identity.split(':')[3]) + keepEventsMs <= input.observed.at;
  const last = target.split('/').at(-1);
  const keep =
    last === 'done' ? keepDoneMs : last === 'temporary' || last === 'buffers' ? 3_600_000 : keepFailedMs;
  return changedAt + keep <= input.observed.at;
}

function isOursByName(part: LeftoverPart, target: string, input: PlanInput): boolean {
  const { folder, name, type } = part;
  const stateDir = input.observed.leftovers?.stateDir;
  if (name === '' || name.includes('/') || name === '.' || name === '..') return false;
  if (target === 'fleet/temporary')
    return /^\.rollcall-[0-9a-f]{16}\.tmp$/.test(name) && (type === 'file' || folder === input.runsDir);
  if (target === 'fleet/buffers')
    return type === 'buffer' && /^rollcall-[a-z0-9]{4,32}-[0-9a-f]{32}(?:-loaded)?$/.test(name);
  if (type === 'buffer' || name.startsWith('.')) return false;
  const isRun = folder === input.runsDir && /^[a-z0-9]{4,32}$/.test(name) && type === 'folder';
  if (target === 'fleet/runs') return isRun;
  if (target === 'fleet/memory')
    return folder === stateDir && type === 'file' && /^state\.json\.corrupt-\d+$/.test(name);
  if (target === 'fleet/events' || target === 'fleet/evidence')
    return (
      folder === stateDir &&
      type === 'file' &&
      /^[1-9]\d*$/.test(name.slice(`${target.slice(6)}.jsonl.`.length)) &&
      name.startsWith(`${target.slice(6)}.jsonl.`)
    );
  const [kind, inbox = '', state] = target.split('/');
  const spec = kind === 'inbox' ? input.desired.inboxes[inbox] : undefined;
  if (spec === undefined) return false;
  const folders = queueFolders(spec.dir);
  if (state === 'rejected') return folder === folders.rejected && type === 'file';
  if (isRun) return true;
  if (folder === folders.attempts) return type === 'file' && /@[a-z0-9]{4,32}\.json$/.test(name);
  const wanted = state === 'done' ? folders.done : state === 'failed' ? folders.failed : null;
  return folder === wanted && type === 'file' && (name.endsWith('.md') || name.endsWith('.md.reason'));
}

/** A record that counts the attempts of a task in line. */
function isOfOpenTask({ folder, name }: LeftoverPart, input: PlanInput): boolean {
  return Object.entries(input.desired.inboxes).some(([inbox, { dir }]) => {
    const reading = input.observed.inboxes[inbox];
    if (folder !== queueFolders(dir).attempts || reading?.ok !== true) return false;
    const id = name.slice(0, name.lastIndexOf('@'));
    const { entries, claims } = reading.value;
    return (
      Object.values(claims).some((claim) => claim.id === id) ||
      Object.values(entries).some((entry) => entry.type === 'task' && entry.task.id === id)
    );
  });
}

function isOfRunningAttempt({ folder, name }: LeftoverPart, input: PlanInput): boolean {
  const attempt = name.startsWith('rollcall-') ? (name.split('-')[1] ?? '') : name;
  const isOfOne = folder === input.runsDir || name.startsWith('rollcall-');
  return isOfOne && input.observed.runs[attempt] !== undefined;
}
