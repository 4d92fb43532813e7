import type { Effect, EffectType } from '../model/plan.ts';
import type { Format, Style } from './style.ts';
import { shown, shownPath, symbols } from './style.ts';

/** How an action type shows: the sign before it, its colour, and the verb that is counted in the summary. */
export interface ActionSign {
  readonly sign: '+' | '~' | '-' | '-/+';
  readonly format: Format;
  readonly verb: Verb;
  readonly past: string;
}

export const VERBS = ['create', 'change', 'recreate', 'stop'] as const;
export type Verb = (typeof VERBS)[number];

export const ACTION_SIGNS: Readonly<Record<EffectType, ActionSign>> = {
  'link.create': { sign: '+', format: 'green', verb: 'create', past: 'created' },
  'account.activate': { sign: '~', format: 'yellow', verb: 'change', past: 'made active' },
  'session.create': { sign: '+', format: 'green', verb: 'create', past: 'created' },
  'session.recreate': { sign: '-/+', format: 'magenta', verb: 'recreate', past: 'recreated' },
  'session.stop': { sign: '-', format: 'red', verb: 'stop', past: 'stopped' },
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
      words = `the free session of pool ${shown(style, effect.pool)} anew, in ${shownPath(style, effect.cwd)}`;
      break;
    case 'session.stop':
      words = effect.ended
        ? 'its remains are taken away'
        : 'ended; it is free, nothing but its holder runs in it';
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

function createWords(effect: Extract<Effect, { type: 'session.create' }>, style: Style): string {
  const { runs, cwd, incarnation } = effect;
  const what = runs.type === 'holder' ? `a free session of pool ${shown(style, runs.pool)}` : 'your shell';
  const server = incarnation === null ? ', on a new tmux server' : '';
  return `${what} in ${shownPath(style, cwd)}${server}`;
}
