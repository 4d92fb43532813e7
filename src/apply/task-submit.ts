import type { HostWriter, TmuxCommand } from '../model/host.ts';
import type { TaskSubmit } from '../model/plan.ts';
import { RUN_FILES } from '../model/queue.ts';
import { STAMP } from '../model/stamp.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';
import { guardOf, outcomeOf, setOption } from './session.ts';

/** More than our sentence ever has. */
const SENTENCE_BYTES = 4_096;

/**
 * One step of a delivery: our sentence typed and the text pasted behind it, or the Enter alone. The phase moves in
 * the same step of the server, so what was sent once is never sent again by somebody who did not hear of it.
 */
export async function submitTask(host: HostWriter, effect: TaskSubmit): Promise<Outcome> {
  const { session, attempt, runDir, from, to, at } = effect;
  const { pane, id } = session;
  const target = { type: 'id', id } as const;
  const phase = [setOption(target, STAMP.phase, to), setOption(target, STAMP.since, String(at))];
  const guard = {
    ...guardOf(session, false),
    options: { [STAMP.fence]: attempt, [STAMP.phase]: from },
    takesInput: true,
  };
  if (to !== 'pasted') {
    return outcomeOf(await host.tmux.act(guard, [...phase, { type: 'press-enter', pane }]));
  }
  const sentence = await host.files.text(`${runDir}/${RUN_FILES.sentence}`, SENTENCE_BYTES);
  if (sentence.type === 'error') return refused(sentence);
  const commands: readonly TmuxCommand[] = [
    ...phase,
    { type: 'type-text', pane, text: sentence.value },
    { type: 'paste-file', pane, file: `${runDir}/${RUN_FILES.paste}`, buffer: `rollcall-${attempt}` },
  ];
  return outcomeOf(await host.tmux.act(guard, commands));
}
