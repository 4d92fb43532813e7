import { isEmpty, withPasted, withTyped } from './input/box.ts';
import { enterFilter } from './input/swallow.ts';
import { keyReader } from './input/keys.ts';
import type { Key } from './input/keys.ts';
import { menuKey } from './input/menu-key.ts';
import { boxKey } from './input/box-key.ts';
import type { BoxActions } from './input/box-key.ts';
import type { Ledger } from './ledger.ts';
import type { InputScript } from './scenario/scenario.ts';
import { dialogFrame, frameOf } from './screen/frame.ts';
import type { Menu } from './screen/menu.ts';
import { openTerminal } from './screen/terminal.ts';
import { harmless } from './screen/text.ts';
import type { View } from './screen/view.ts';

export interface Ui {
  readonly view: View;
  redraw(): void;
  /** Shows the menu and waits: an index of its options, or null for Esc or `dismiss`. */
  ask(menu: Menu): Promise<number | null>;
  /** Closes an open menu without an answer. */
  dismiss(): void;
  /** The prompt is up: from now on Enter counts. */
  up(): void;
  /** Gives the terminal back and prints. */
  end(text: string): void;
}

/** Terminal, keyboard and view together. The terminal is raw from here on; nothing is drawn before there is something to ask. */
export function openUi(
  view: View,
  input: InputScript,
  ledger: Ledger,
  actions: BoxActions & { gone(): void },
): Ui {
  const filter = enterFilter(input);
  let stage: 'starting' | 'prompt' = 'starting';
  let answer: ((index: number | null) => void) | null = null;
  let pastes = 0;

  const settle = (index: number | null): void => {
    const resolve = answer;
    answer = null;
    view.menu = null;
    redraw();
    resolve?.(index);
  };
  const onKey = (key: Key): void => {
    if (key.type === 'paste') pastes += 1;
    if (view.menu !== null) menuKey(view.menu, key, settle);
    else if (stage === 'starting') collect(view, key, pastes);
    else boxKey(view, key, pastes, filter, actions, ledger);
    redraw();
  };
  const read = keyReader(onKey);
  const terminal = openTerminal(
    (chunk) => {
      ledger({ event: 'input', bytes: chunk.length });
      read(chunk);
    },
    () => redraw(),
    () => actions.gone(),
  );
  function redraw(): void {
    if (stage === 'starting' && view.menu === null) return;
    const draw = stage === 'starting' ? dialogFrame : frameOf;
    terminal.draw(draw(view, terminal.size()), harmless(view.title).replaceAll('\n', ' '));
  }
  return {
    view,
    redraw,
    ask: (menu) => {
      settle(null);
      view.menu = menu;
      redraw();
      return new Promise((resolve) => (answer = resolve));
    },
    dismiss: () => settle(null),
    up: () => {
      stage = 'prompt';
      terminal.enterFull();
      redraw();
    },
    end: (text) => terminal.end(text),
  };
}

/** Before the prompt is up, keys land in the box, and Enter is lost (facts: 12 of 12). */
function collect(view: View, key: Key, pastes: number): void {
  if (key.type === 'text') view.box = withTyped(view.box, key.text);
  if (key.type === 'paste' && !isEmpty({ parts: [{ type: 'typed', text: key.text }] })) {
    view.box = withPasted(view.box, key.text, pastes);
  }
}
