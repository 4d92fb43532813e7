import type { Ledger } from '../ledger.ts';
import type { View } from '../screen/view.ts';
import { EMPTY_BOX, isEmpty, sentText, shownText, withPasted, withTyped, withoutLast } from './box.ts';
import type { Box } from './box.ts';
import type { Key, KeyName } from './keys.ts';
import type { EnterFilter } from './swallow.ts';

export interface BoxActions {
  /** Takes the text, or says that it stays in the box: false. */
  submit(box: Box): boolean;
  /** Ends the running turn; false: there is none. */
  interrupt(): boolean;
  /** Calls off going on by itself; false: it was not set to. */
  disarm(): boolean;
  /** `/exit` and the like: leaves with 0. */
  leave(): void;
  /** Esc twice in an empty box. */
  rewind(): void;
  /** A line for a shell. */
  shell(line: string): void;
  unknownCommand(word: string): void;
}

/** Two presses of one key this close together count as such. Real time. */
const TWICE_MS = 1000;

let lastKey: { readonly name: KeyName; readonly at: number } | null = null;

/** A key at the input box. */
export function boxKey(
  view: View,
  key: Key,
  pastes: number,
  filter: EnterFilter,
  actions: BoxActions,
  ledger: Ledger,
): void {
  const at = Date.now();
  view.pressAgain = null;
  if (key.type !== 'key') {
    filter.input(at);
    view.box = key.type === 'text' ? withTyped(view.box, key.text) : withPasted(view.box, key.text, pastes);
    return;
  }
  const twice = lastKey?.name === key.name && at - lastKey.at <= TWICE_MS;
  lastKey = { name: key.name, at };
  if (key.name === 'enter') {
    if (isEmpty(view.box)) return;
    if (filter.loses(at)) ledger({ event: 'enter-swallowed' });
    else enter(view, actions);
  } else if (key.name === 'c-c' || key.name === 'c-d') {
    leaveKey(view, key.name, twice, actions);
  } else if (key.name === 'escape') {
    if (actions.interrupt() || actions.disarm()) return;
    if (twice && isEmpty(view.box)) actions.rewind();
  } else if (key.name === 'c-u') view.box = EMPTY_BOX;
  else if (key.name === 'backspace') view.box = withoutLast(view.box);
  else if (key.name === 'newline') view.box = withTyped(view.box, '\n');
}

function enter(view: View, actions: BoxActions): void {
  const shown = shownText(view.box);
  if (shown.endsWith('\\')) {
    view.box = withTyped(withoutLast(view.box), '\n');
    return;
  }
  const box = view.box;
  const text = sentText(box);
  const [word = ''] = text.split(/\s/);
  // Only a first word with one slash is a command: `/etc/passwd must …` is text.
  const command = /^\/[^/]*$/.test(word);
  view.box = EMPTY_BOX;
  if (['/exit', '/quit', 'exit'].includes(text.trim())) actions.leave();
  else if (command) actions.unknownCommand(word);
  else if (text.startsWith('!')) actions.shell(text.slice(1));
  else if (!actions.submit(box)) view.box = box;
}

function leaveKey(view: View, name: 'c-c' | 'c-d', twice: boolean, actions: BoxActions): void {
  if (name === 'c-c' && actions.interrupt()) return;
  if (!isEmpty(view.box)) {
    if (name === 'c-c') view.box = EMPTY_BOX;
    return;
  }
  if (twice) actions.leave();
  else view.pressAgain = name === 'c-c' ? 'Ctrl-C' : 'Ctrl-D';
}
