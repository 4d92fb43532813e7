import { RUN_FILES } from '../model/queue.ts';
import type { LaunchRequest, PromptText } from '../model/task.ts';

/**
 * The words for one start of an agent: our header, the task's body byte for byte, and how to report. So a task's text
 * is never the first thing an agent reads (`/`, `!`, `#`, `-` … would be a command or an option). The body is pointed
 * at where the launch says so, or where the whole would be more than 100 000 bytes. A conversation that goes on has
 * the text already, and the file is there: the body is then not used. Nothing of ours reads a prompt again: a body
 * that imitates header or closing misleads its own agent and nobody else.
 */
export function promptOf(
  request: LaunchRequest,
  task: { readonly title: string | null; readonly body: string },
): PromptText {
  const resumes = request.mode === 'resume';
  const inline = whole(request, task.title, task.body);
  const isTooLong = !resumes && Buffer.byteLength(inline) > MOST_BYTES;
  const pointer = request.delivery === 'file' || isTooLong;
  const text = resumes || pointer ? whole(request, task.title, middle(request, pointer)) : inline;
  return {
    argv: text,
    sentence: `${named(request)}: do what the text pasted behind this sentence asks, and report as its last lines say.`,
    pasted: text,
    pointer,
    taskFile: pointer && !resumes ? task.body : null,
  };
}

/** Linux takes 131 072 bytes in one argument. */
const MOST_BYTES = 100_000;

function whole(request: LaunchRequest, title: string | null, body: string): string {
  const header = title === null ? named(request) : `${named(request)}: ${title}`;
  return `${header}\n\n${body}${body.endsWith('\n') ? '\n' : '\n\n'}${closing(request)}`;
}

/** Nothing in it was written by others but the id, whose characters are harmless everywhere. */
function named({ inbox, id, attempt }: LaunchRequest): string {
  return `Rollcall task ${inbox}/${id} (attempt ${attempt})`;
}

function middle({ mode, runDir }: LaunchRequest, pointer: boolean): string {
  const file = `${runDir}/${RUN_FILES.task}`;
  if (mode === 'start')
    return `The task is the text of this file. Read all of it, then do what it asks:\n${file}`;
  const where = pointer ? `Its text is in ${file}` : 'Its text is further up in this conversation';
  return `You were interrupted. Go on with this task where you left off, and do not begin anew. ${where}.`;
}

/** Its own task is named in full: a command whose environment was scrubbed still finds it. */
function closing({ inbox, id, runDir }: LaunchRequest): string {
  const { done, failed } = RUN_FILES.words;
  return [
    'This is the end of the task. Report once, as the last thing you do:',
    `- when it is done, run: rollcall task done ${inbox}/${id}`,
    `- when it cannot be done, run: rollcall task fail ${inbox}/${id} --reason "why"`,
    `- where that command cannot be run, write a line about it into the file ${runDir}/${done} or ${runDir}/${failed} instead.`,
  ].join('\n');
}
