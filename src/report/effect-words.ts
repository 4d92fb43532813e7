import type { Effect } from '../model/plan.ts';
import type { ActionType } from '../model/words.ts';
import type { Format, Style } from './style.ts';
import { shown, shownPath, symbols } from './style.ts';
import { taskWords } from './task-words.ts';

/** How an action type shows: the sign before it, its colour, and the verb that is counted in the summary. */
export interface ActionSign {
  readonly sign: '+' | '~' | '-' | '-/+' | '>' | '=' | '<' | '|' | 'x';
  readonly format: Format;
  readonly verb: Verb;
  readonly past: string;
}

/** In the order in which the summary counts them. */
export const VERBS = [
  'create',
  'change',
  'recreate',
  'stop',
  'start',
  'go on',
  'finish',
  'give back',
  'park',
  'reject',
  'tell',
  'tidy away',
] as const;
export type Verb = (typeof VERBS)[number];

export const ACTION_SIGNS: Readonly<Record<ActionType, ActionSign>> = {
  'link.create': { sign: '+', format: 'green', verb: 'create', past: 'created' },
  'account.activate': { sign: '~', format: 'yellow', verb: 'change', past: 'made active' },
  'session.create': { sign: '+', format: 'green', verb: 'create', past: 'created' },
  'session.recreate': { sign: '-/+', format: 'magenta', verb: 'recreate', past: 'recreated' },
  'session.stop': { sign: '-', format: 'red', verb: 'stop', past: 'stopped' },
  'session.relaunch': { sign: '-/+', format: 'magenta', verb: 'go on', past: 'started again' },
  'agent.stop': { sign: '-', format: 'red', verb: 'stop', past: 'told to end' },
  'dedicated.stop': { sign: '-', format: 'red', verb: 'stop', past: 'told to end' },
  'dedicated.resume': { sign: '-/+', format: 'magenta', verb: 'go on', past: 'started again' },
  'task.start': { sign: '>', format: 'cyan', verb: 'start', past: 'started' },
  'task.submit': { sign: '>', format: 'cyan', verb: 'go on', past: 'submitted' },
  'task.finish': { sign: '=', format: 'green', verb: 'finish', past: 'finished' },
  'task.return': { sign: '<', format: 'yellow', verb: 'give back', past: 'given back' },
  'task.park': { sign: '|', format: 'yellow', verb: 'park', past: 'parked' },
  'task.unclaim': { sign: '<', format: 'yellow', verb: 'give back', past: 'taken back' },
  'task.reject': { sign: 'x', format: 'red', verb: 'reject', past: 'rejected' },
  'notify.send': { sign: '>', format: 'blue', verb: 'tell', past: 'queued' },
  'janitor.remove': { sign: '-', format: 'dim', verb: 'tidy away', past: 'tidied away' },
};

/** What exactly would be done, in a few words. */
export function effectWords(effect: Effect, style: Style): string {
  let words: string;
  switch (effect.type) {
    case 'link.create':
      words = linkWords(effect, style);
      break;
    case 'account.activate':
      words = activateWords(effect, style);
      break;
    case 'session.create':
      words = createWords(effect, style);
      break;
    case 'session.recreate':
      words = recreateWords(effect, style);
      break;
    case 'session.stop':
      words = effect.ended
        ? 'its remains are taken away'
        : 'ended; it is free, nothing but its holder runs in it';
      break;
    case 'session.relaunch':
      words = `its agent again, with conversation ${shown(style, effect.launch.conversation ?? 'of its own choice')}`;
      break;
    case 'agent.stop':
      words = `${effect.signal} to its agent, pid ${String(effect.pid)}`;
      break;
    case 'dedicated.stop':
      words = `SIGTERM to your agent, pid ${String(effect.note.pid)}; its conversation goes on under another account`;
      break;
    case 'dedicated.resume':
      words = `your agent again, under ${shown(style, effect.account)}, with conversation ${shown(style, effect.note.conversation)}`;
      break;
    case 'notify.send':
      words = `a message to ${shown(style, effect.notice.channel)}`;
      break;
    case 'task.start':
    case 'task.submit':
    case 'task.finish':
    case 'task.return':
    case 'task.park':
    case 'task.unclaim':
    case 'task.reject':
      words = taskWords(effect, style);
      break;
    case 'janitor.remove':
      words = janitorWords(effect, style);
      break;
  }
  return words;
}

/** `session ccl-auto-12`: kind and name of a target. */
export function targetParts(target: string): { kind: string; name: string } {
  const slash = target.indexOf('/');
  return slash < 0
    ? { kind: target, name: '' }
    : { kind: target.slice(0, slash), name: target.slice(slash + 1) };
}

function linkWords(effect: Extract<Effect, { type: 'link.create' }>, style: Style): string {
  const to = shownPath(style, effect.to);
  if (!effect.makeLink) return `makes the folder ${to} behind it`;
  const folder = effect.makeTarget ? ', with the folder behind it' : '';
  return `${shownPath(style, effect.path)} ${symbols(style).arrow} ${to}${folder}`;
}

function activateWords(effect: Extract<Effect, { type: 'account.activate' }>, style: Style): string {
  const was = effect.from === null ? 'absent' : shownPath(style, effect.from);
  return `${shownPath(style, effect.link)} ${symbols(style).arrow} ${shownPath(style, effect.home)}  (now ${was})`;
}

function janitorWords(effect: Extract<Effect, { type: 'janitor.remove' }>, style: Style): string {
  const count = effect.entries.length;
  const [first] = effect.entries;
  const named = first?.parts.find(({ type }) => type === 'file') ?? first?.parts[0];
  const oldest = named === undefined ? '' : `for good: ${shownPath(style, `${named.folder}/${named.name}`)}`;
  const rest = count > 1 ? ` and ${String(count - 1)} more` : '';
  const anew = effect.rotates === null ? '' : `${shownPath(style, effect.rotates.path)} anew`;
  return [`${oldest}${rest}`, anew].filter((part) => part !== '').join('; ');
}

function recreateWords(effect: Extract<Effect, { type: 'session.recreate' }>, style: Style): string {
  const anew = `the free session of pool ${shown(style, effect.pool)} anew, in ${shownPath(style, effect.cwd)}`;
  return effect.frees === null ? anew : `${anew}; its task is over`;
}

function createWords(effect: Extract<Effect, { type: 'session.create' }>, style: Style): string {
  const { runs, cwd, incarnation } = effect;
  const what = runs.type === 'holder' ? `a free session of pool ${shown(style, runs.pool)}` : 'your shell';
  const server = incarnation === null ? ', on a new tmux server' : '';
  return `${what} in ${shownPath(style, cwd)}${server}`;
}
