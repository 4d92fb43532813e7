import type { Effect, TaskStart, TaskSubmit } from '../model/plan.ts';
import type { AttemptRecord } from '../model/task.ts';
import { shown, shownPath, type Style } from './style.ts';

type TaskEffect = Extract<Effect, { readonly type: `task.${string}` }>;

/** What exactly would be done with a task, in a few words. */
export function taskWords(effect: TaskEffect, style: Style): string {
  switch (effect.type) {
    case 'task.start':
      return startWords(effect, style);
    case 'task.submit':
      return SUBMIT_WORDS[effect.to];
    case 'task.finish':
      return `to ${placeOf(effect.to, style)}${endWords(effect.record)}`;
    case 'task.return':
      return `back to ${placeOf(effect.to, style)}, for another attempt${endWords(effect.record)}`;
    case 'task.park':
      return 'it waits for quota; its conversation is kept';
    case 'task.unclaim':
      return effect.to === null
        ? 'the session it was reserved in is free again; no agent was started'
        : `back to ${placeOf(effect.to, style)}; no agent was started`;
    case 'task.reject':
      return `to ${placeOf(effect.to, style)}: ${effect.reason}`;
  }
}

const SUBMIT_WORDS: Readonly<Record<TaskSubmit['to'], string>> = {
  started: 'what stands in its input box is cleared',
  pasted: 'its text is pasted into the input box',
  submitted: 'Enter, by itself',
  resubmitted: 'Enter once more: its text still stands in the input box',
};

function startWords({ session, launch, record }: TaskStart, style: Style): string {
  const model = launch.model === null ? '' : `, model ${shown(style, launch.model)}`;
  const account = record.account === null ? '' : `, account ${shown(style, record.account)}`;
  const who = `${shown(style, launch.agent)} in session ${shown(style, session.name)}`;
  return `${who}${model}${account}, in ${shownPath(style, launch.cwd)}`;
}

function endWords(record: AttemptRecord | null): string {
  const reason = record?.end?.reason;
  return reason === undefined ? '' : `: ${reason}`;
}

/** `done/fix-login.md`: the folder and the file, which say enough beside the inbox's name. */
function placeOf(path: string, style: Style): string {
  return shown(style, path.split('/').slice(-2).join('/'));
}
