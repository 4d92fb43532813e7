import type { PermissionMode } from '../command-line.ts';
import { holdsMarker, isEmpty, shownText } from '../input/box.ts';
import { activityRow, historyRows } from './history.ts';
import { AT_BOTTOM, menuRows } from './menu.ts';
import { COLOR, colored, plain } from './span.ts';
import type { Row } from './span.ts';
import { cellsOf, clipped, wrapped } from './text.ts';
import type { View } from './view.ts';

export interface Frame {
  /** As many as the terminal has. */
  readonly rows: readonly Row[];
  /** Where the cursor stands, from 0; it is never shown. */
  readonly cursor: { readonly row: number; readonly column: number };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The whole screen: the conversation from the top, its end where it is longer; what can be answered at the bottom. */
export function frameOf(view: View, size: Size): Frame {
  const frame = view.menu === null ? promptFrame(view, size) : menuFrame(view, size);
  return { ...frame, rows: frame.rows.map((row) => clipped(row, size.width)) };
}

/** A first-start dialog: there is nothing else yet. */
export function dialogFrame(view: View, { width, height }: Size): Frame {
  const rows = view.menu === null ? [] : menuRows(view.menu, width);
  return {
    rows: filled(rows.slice(0, height), height).map((row) => clipped(row, width)),
    cursor: { row: 0, column: 0 },
  };
}

function promptFrame(view: View, { width, height }: Size): Frame {
  const box = boxRows(view, width, Math.max(1, Math.floor(height / 2)));
  const hint =
    view.hint === null
      ? []
      : [plain(' '.repeat(Math.max(0, width - 2 - cellsOf(view.hint)))), colored(view.hint, COLOR.quiet)];
  const line: Row = [colored('─'.repeat(width), COLOR.rule)];
  const activity = view.activity === null ? [] : [activityRow(view.activity)];
  const bottom = [...activity, hint, line, ...box.rows, line, ...footerRows(view)];
  const top = [...historyRows(view, width), ...(activity.length === 0 ? [] : [[]])].slice(
    -Math.max(0, height - bottom.length),
  );
  return {
    rows: [...filled(top, height - bottom.length), ...bottom].slice(-height),
    cursor: { row: Math.max(0, height - bottom.length) + 1 + box.rows.length, column: box.column },
  };
}

/** A dialog stands right under the conversation, or at the bottom; the input box is away. */
function menuFrame(view: View, { width, height }: Size): Frame {
  if (view.menu === null) return { rows: [], cursor: { row: 0, column: 0 } };
  const dialog = menuRows(view.menu, width);
  const history = [...historyRows(view, width), []].slice(-Math.max(0, height - dialog.length));
  const rows = AT_BOTTOM.includes(view.menu.dialog)
    ? [...filled(history, height - dialog.length), ...dialog]
    : [...history, ...dialog];
  return { rows: filled(rows.slice(-height), height), cursor: { row: 0, column: 0 } };
}

function boxRows(
  view: View,
  width: number,
  most: number,
): { readonly rows: readonly Row[]; readonly column: number } {
  const busy = view.activity !== null;
  const sign = busy ? colored('❯\u00a0', COLOR.quiet) : plain('❯\u00a0');
  const ghost = view.queued.length > 0 ? 'Press up to edit queued messages' : view.ghost;
  if (isEmpty(view.box)) {
    const first: Row = ghost === null ? [{ text: ' ', inverse: true }] : ghostSpans(ghost);
    return { rows: [[sign, ...first]], column: 2 };
  }
  const lines = wrapped(shownText(view.box), width - 3).slice(-most);
  const rows = lines.map(
    (line, index): Row => [
      index === 0 ? sign : plain('  '),
      plain(line),
      ...(index === lines.length - 1 ? [{ text: ' ', inverse: true }] : []),
    ],
  );
  return { rows, column: 2 + cellsOf(lines.at(-1) ?? '') };
}

/** A suggestion: its first character under the cursor, the rest dim. */
function ghostSpans(ghost: string): Row {
  return [
    { text: ghost.slice(0, 1), inverse: true },
    { text: ghost.slice(1), dim: true },
  ];
}

function footerRows(view: View): readonly Row[] {
  if (view.pressAgain !== null) return [[colored(`  Press ${view.pressAgain} again to exit`, COLOR.quiet)]];
  if (holdsMarker(view.box)) return [[colored('  paste again to expand', COLOR.quiet)]];
  const armed: readonly Row[] =
    view.armed === null
      ? []
      : [
          [colored(`  ⚠ Usage limit reached · limit resets ${view.armed}`, COLOR.bright)],
          [colored(`    Continuing automatically at ${view.armed} · Esc to cancel`, COLOR.bright)],
        ];
  const status: readonly Row[] =
    view.statusLine === null ? [] : [[colored(`  ${view.statusLine}`, COLOR.quiet)]];
  return [...armed, ...status, modeRow(view)];
}

const MODES: Readonly<Record<PermissionMode, { readonly text: string; readonly color: number }>> = {
  auto: { text: '⏵⏵ auto mode on', color: COLOR.warning },
  default: { text: '⏸ manual mode on', color: COLOR.quiet },
  manual: { text: '⏸ manual mode on', color: COLOR.quiet },
  acceptEdits: { text: '⏵⏵ accept edits on', color: COLOR.warning },
  plan: { text: '⏸ plan mode on', color: COLOR.quiet },
  bypassPermissions: { text: '⏵⏵ bypass permissions on', color: COLOR.error },
};

function modeRow(view: View): Row {
  const { text, color } = MODES[view.mode];
  const manual = view.mode === 'default' || view.mode === 'manual';
  const cycle = manual ? '' : ' (shift+tab to cycle)';
  const idle = manual ? ' · ? for shortcuts · ← for agents' : ' · ← for agents';
  const busy = ` · esc to interrupt${manual ? ' · ← for agents' : ''}`;
  const rest = view.activity === null ? (isEmpty(view.box) ? idle : '') : busy;
  return [colored(`  ${text}`, color), colored(cycle + rest, COLOR.quiet)];
}

function filled(rows: readonly Row[], height: number): readonly Row[] {
  return [...rows, ...Array.from({ length: Math.max(0, height - rows.length) }, (): Row => [])];
}
