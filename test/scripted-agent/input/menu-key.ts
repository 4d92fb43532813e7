import type { Menu } from '../screen/menu.ts';
import type { Key } from './keys.ts';

/** A key at an open dialog: Enter takes what is selected, whatever was typed before; a digit takes its option. */
export function menuKey(menu: Menu, key: Key, settle: (index: number | null) => void): void {
  if (key.type === 'paste') return;
  if (key.type === 'text') {
    const index = Number(key.text) - 1;
    if (Number.isInteger(index) && index >= 0 && index < menu.options.length) settle(index);
    return;
  }
  const count = menu.options.length;
  if (key.name === 'enter') settle(count === 0 ? null : menu.selected);
  if (key.name === 'escape' || key.name === 'c-c') settle(null);
  if (key.name === 'up' && count > 0) menu.selected = (menu.selected + count - 1) % count;
  if (key.name === 'down' && count > 0) menu.selected = (menu.selected + 1) % count;
}
