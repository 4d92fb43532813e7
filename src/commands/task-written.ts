import { createReadStream } from 'node:fs';
import { basename, resolve } from 'node:path';
import { homeFolder } from '../host/paths.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Task } from '../model/task.ts';
import { durationMs } from '../model/units.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { weigh } from '../plan/wishes.ts';
import { taskId } from '../queue/file-name.ts';
import { readTask } from '../queue/read-task.ts';
import { type Context, type Invocation, textOption } from './context.ts';
import type { Io } from './io.ts';
import { Stop } from './stop.ts';
import { nameFrom, withKeys } from './task-compose.ts';

/** A task as it will be written, checked. */
export interface WrittenTask {
  /** The whole file. */
  readonly text: string;
  readonly task: Task;
  /** Its file's name without `.md`. */
  readonly name: string;
  /** It says its id itself, so no other name will do. */
  readonly fixed: boolean;
  /** The id it has in a file of that name. */
  readonly idOf: (file: string) => string;
}

/** What `task add` was given, with its options in the frontmatter. Ends with 78 or 64 where it can be no task. */
export async function writtenTask(
  { io }: Context,
  invocation: Invocation,
  desired: DesiredState,
  inbox: string,
): Promise<WrittenTask> {
  const { bytes, file } = await given(io, invocation, desired.tasks.maxBytes);
  const context = {
    home: homeFolder(io.env),
    cwd: desired.inboxes[inbox]?.cwd ?? '/',
    maxBytes: desired.tasks.maxBytes,
  };
  const read = (content: Uint8Array, name: string, exit: ExitCode): { task: Task; body: string } => {
    const answer = readTask(content, name, context);
    if (answer.ok) return answer;
    throw new Stop(exit, `it would be rejected (${answer.reason}): ${answer.detail}`);
  };
  const before = read(bytes, PROBE, EXIT.badFile);
  const text = withKeys(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), keysOf(io, invocation));
  const { task } = read(new TextEncoder().encode(text), PROBE, EXIT.usage);
  assertAllowed(desired, inbox, task);
  const fixed = task.id !== taskId(PROBE);
  const made = file === null ? nameFrom(task.title, before.body) : basename(file).replace(/\.[^.]*$/, '');
  const name = fixed ? task.id : (taskId(made) ?? 'task');
  return { text, task, name, fixed, idOf: (named) => (fixed ? task.id : (taskId(named) ?? name)) };
}

/** As the loop will weigh it, but for folders that lead elsewhere. */
function assertAllowed(desired: DesiredState, inbox: string, task: Task): void {
  const spec = desired.inboxes[inbox];
  const weighed = spec === undefined ? null : weigh({ desired, observed: { directories: {} } }, spec, task);
  if (weighed?.ok === false)
    throw new Stop(EXIT.refused, `it would be rejected (not-allowed): ${weighed.detail}`);
}

/** Not a name anybody gives: a task of this id has got it from the file's name. */
const PROBE = 'rollcall-task-add-probe.md';

interface Given {
  readonly bytes: Uint8Array;
  /** Null: it came from no file. */
  readonly file: string | null;
}

async function given(io: Io, invocation: Invocation, maxBytes: number): Promise<Given> {
  const [file] = invocation.args;
  const text = textOption(invocation, 'text');
  if ((file === undefined) === (text === null))
    throw new Stop(EXIT.usage, 'a task is given by FILE, by - for standard input, or by --text TEXT');
  if (text !== null)
    return { bytes: new TextEncoder().encode(text.endsWith('\n') ? text : `${text}\n`), file: null };
  const isInput = file === undefined || file === '-';
  return {
    bytes: await contentOf(file ?? '-', isInput ? (io.input?.() ?? []) : fileStream(io, file), maxBytes),
    file: isInput ? null : file,
  };
}

/** A regular file or a pipe alike, so that `task add <(make-a-prompt)` works. */
function fileStream(io: Io, file: string): AsyncIterable<Uint8Array> {
  return createReadStream(resolve(io.cwd, file));
}

async function contentOf(
  name: string,
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Enough to tell that it is too large.
      if (bytes > maxBytes) break;
    }
  } catch (error) {
    throw new Stop(EXIT.noSuchThing, `cannot read ${name}: ${error instanceof Error ? error.message : '?'}`);
  }
  return Buffer.concat(chunks);
}

function keysOf(io: Io, invocation: Invocation): Readonly<Record<string, string | null>> {
  const said = (name: string): string | null => textOption(invocation, name);
  return {
    id: said('id'),
    title: said('title'),
    priority: said('priority'),
    model: said('model'),
    cwd: folder(io, said('cwd')),
    agent: said('agent'),
    timeout: said('timeout'),
    retries: said('retries'),
    notBefore: moment(io, said('notBefore')),
  };
}

/** Where the shell is, as in any other command; in a file a relative one is taken from the inbox's. */
function folder({ cwd }: Io, text: string | null): string | null {
  return text === null || text.startsWith('~') ? text : resolve(cwd, text);
}

/** `2h` is two hours from now. */
function moment({ now }: Io, text: string | null): string | null {
  const ms = text === null ? null : durationMs(text);
  return ms === null ? text : new Date(now() + ms).toISOString();
}
