import type { FileAnswer, HostWriter } from '../model/host.ts';
import type { TaskFinish, TaskPark, TaskReject, TaskReturn } from '../model/plan.ts';
import { refused } from './link.ts';
import type { Launches } from './launches.ts';
import type { Outcome } from './outcome.ts';

/** How it ended is written down first: a record that says more than the folders is put right by the next look. */
export async function finishTask(
  host: HostWriter,
  launches: Launches,
  effect: TaskFinish | TaskReturn,
): Promise<Outcome> {
  const { record, recordPath } = effect;
  if (record !== null) {
    const written = await host.files.write(recordPath, launches.recordText(record), { fresh: false });
    if (written.type === 'error') return refused(written);
  }
  return outcomeOf(await moveTo(host, effect.claimed, effect.to, effect.otherwise, null));
}

/** Its record says from when on it may go on; its file stays where it is. */
export async function parkTask(host: HostWriter, launches: Launches, effect: TaskPark): Promise<Outcome> {
  const { record, recordPath } = effect;
  const written = await host.files.write(recordPath, launches.recordText(record), { fresh: false });
  return written.type === 'error' ? refused(written) : { outcome: 'applied', text: null };
}

/** The reason is there before the file is: a person who finds the one finds the other. */
export async function rejectTask(host: HostWriter, launches: Launches, effect: TaskReject): Promise<Outcome> {
  const { from, to, otherwise, identity, reason, detail } = effect;
  const text = launches.reasonText(reason, detail, host.now());
  for (const place of [to, otherwise]) {
    const there = await host.files.path(place);
    if (there.type === 'error') return refused(there);
    if (there.value.type !== 'absent') continue;
    const written = await writeInFolder(host, `${place}.reason`, text, { fresh: false });
    if (written.type === 'error') return refused(written);
    const moved = await host.files.move(from, place, identity);
    if (moved.type === 'ok') return { outcome: 'applied', text: null };
    await host.files.remove(`${place}.reason`);
    if (moved.code !== 'EEXIST') return outcomeOf(moved);
  }
  return { outcome: 'failed', text: `both ${to} and ${otherwise} are taken` };
}

/** Moves a task, to the other place where the first is taken: nothing is ever overwritten. */
export async function moveTo(
  host: HostWriter,
  from: string,
  to: string,
  otherwise: string,
  identity: string | null,
): Promise<FileAnswer<null>> {
  const moved = await host.files.move(from, to, identity);
  if (moved.type === 'ok' || moved.code !== 'EEXIST') return moved;
  return await host.files.move(from, otherwise, identity);
}

/** Writes a file in a folder beside the inbox, which is made where it is missing. */
export async function writeInFolder(
  host: HostWriter,
  path: string,
  text: string,
  options: { readonly fresh: boolean },
): Promise<FileAnswer<null>> {
  const made = await host.files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  return made.type === 'ok' ? await host.files.write(path, text, options) : made;
}

/** A file that has gone, or has changed, since it was looked at: the world moved. */
export function outcomeOf(answer: FileAnswer<null>): Outcome {
  if (answer.type === 'ok') return { outcome: 'applied', text: null };
  return answer.code === 'ENOENT' ? { outcome: 'stale', text: answer.text } : refused(answer);
}
