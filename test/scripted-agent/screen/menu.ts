import { COLOR, colored, plain } from './span.ts';
import type { Row } from './span.ts';
import { wrapped } from './text.ts';

/** What waits for an answer: an index of `options`, or Esc. */
export interface Menu {
  readonly dialog: DialogName;
  /** Paragraphs above the options; what they are depends on the dialog. */
  readonly lines: readonly string[];
  readonly options: readonly MenuOption[];
  selected: number;
}

export interface MenuOption {
  readonly label: string;
  readonly description?: string;
}

export type DialogName =
  | 'onboarding'
  | 'trust'
  | 'bypass-permissions'
  | 'permission-bash'
  | 'permission-write'
  | 'question'
  | 'limit-menu'
  | 'overlay';

/** Dialogs that stand at the bottom of the screen, wherever the conversation ends. */
export const AT_BOTTOM: readonly DialogName[] = ['limit-menu', 'overlay'];

/** A dialog as Claude Code 2.1.330 draws it (corpus/claude 02, 08, 10, 40, 42, 44, 62). */
export function menuRows(menu: Menu, width: number): readonly Row[] {
  return DRAW[menu.dialog](menu, width);
}

const DRAW: Readonly<Record<DialogName, (menu: Menu, width: number) => readonly Row[]>> = {
  onboarding: (menu, width) => [
    [colored('Welcome to Claude Code v2.1.330', COLOR.brand)],
    [plain('.'.repeat(Math.min(58, width)))],
    [],
    [plain(" Let's get started.")],
    [],
    [{ text: ' Choose the text style that looks best with your terminal', bold: true }],
    [colored(' To change this later, run /theme', COLOR.quiet)],
    [],
    ...choices(menu, ' ', (index) => (index === 0 ? '✔ ' : '  ')),
  ],
  trust: (menu, width) => [
    [],
    rule(width, COLOR.warning),
    [{ text: ' Accessing workspace:', bold: true, color: COLOR.warning }],
    [],
    ...menu.lines.flatMap((line, index): readonly Row[] => [...paragraph(line, width, ' ', index === 0), []]),
    [colored(' Security guide', COLOR.quiet)],
    [],
    ...choices(menu, ' '),
    [],
    [colored(' Enter to confirm · Esc to cancel', COLOR.quiet)],
  ],
  'bypass-permissions': (menu, width) => [
    [],
    rule(width, COLOR.error),
    [{ text: '  WARNING: Claude Code running in Bypass Permissions mode', bold: true, color: COLOR.error }],
    [],
    ...menu.lines.flatMap((line): readonly Row[] => [...paragraph(line, width, '  ', false), []]),
    ...choices(menu, '  '),
    [],
    [colored('  Enter to confirm · Esc to cancel', COLOR.quiet)],
  ],
  'permission-bash': (menu, width) => [
    rule(width, COLOR.choice),
    [{ text: ' Bash command', bold: true, color: COLOR.choice }],
    [colored(` ${menu.lines[1] ?? ''}`, COLOR.quiet)],
    dashes(width),
    ...paragraph(menu.lines[0] ?? '', width, ' ', false),
    dashes(width),
    [plain(' Do you want to proceed?')],
    ...choices(menu, ' ', numbered),
    [],
    [colored(' Esc to cancel · Tab to amend', COLOR.quiet)],
  ],
  'permission-write': (menu, width) => [
    rule(width, COLOR.choice),
    [{ text: ' Create file', bold: true, color: COLOR.choice }],
    [colored(` ${menu.lines[0] ?? ''}`, COLOR.quiet)],
    dashes(width),
    [plain('  1 hello')],
    dashes(width),
    [plain(` Do you want to create ${menu.lines[1] ?? ''}?`)],
    ...choices(menu, ' ', numbered),
    [],
    [colored(' Esc to cancel · Tab to amend', COLOR.quiet)],
  ],
  question: (menu, width) => {
    const rows = choices(menu, '', numbered, '     ');
    return [
      rule(width, COLOR.quiet),
      [{ text: ` ☐ ${menu.lines[0] ?? ''} `, color: 16, background: COLOR.choice }],
      [],
      ...paragraph(menu.lines[1] ?? '', width, '', true),
      [],
      ...rows,
      [colored(`  ${String(menu.options.length + 1)}. Type something.`, COLOR.quiet)],
      rule(width, COLOR.quiet),
      [plain(`  ${String(menu.options.length + 2)}. Chat about this`)],
      [],
      [colored('Enter to select · ↑/↓ to navigate · Esc to cancel', COLOR.quiet)],
    ];
  },
  'limit-menu': (menu, width) => [
    [colored('▔'.repeat(width), COLOR.choice)],
    [{ text: '  What do you want to do?', bold: true, color: COLOR.choice }],
    [],
    ...choices(menu, '  ', numbered),
    [],
    [colored('  Enter to confirm · Esc to cancel', COLOR.quiet)],
  ],
  overlay: (menu, width) => [
    [colored('▔'.repeat(width), COLOR.choice)],
    [{ text: `  ${menu.lines[0] ?? ''}`, bold: true, color: COLOR.choice }],
    [],
    ...choices(menu, '  '),
    [],
    [colored('  Enter to continue · Esc to exit', COLOR.quiet)],
  ],
};

function choices(
  menu: Menu,
  indent: string,
  mark: (index: number) => string = () => '',
  below = `${indent}     `,
): readonly Row[] {
  return menu.options.flatMap(({ label, description = '' }, index): readonly Row[] => {
    const chosen = index === menu.selected;
    const row: Row = [
      chosen ? colored(`${indent}❯ `, COLOR.choice) : plain(`${indent}  `),
      colored(mark(index), COLOR.quiet),
      chosen ? colored(label, COLOR.choice) : plain(label),
    ];
    return description === '' ? [row] : [row, [colored(below + description, COLOR.quiet)]];
  });
}

function numbered(index: number): string {
  return `${String(index + 1)}. `;
}

function paragraph(text: string, width: number, indent: string, bold: boolean): readonly Row[] {
  return wrapped(text, width - 2 - indent.length).map((line) => [{ text: indent + line, bold }]);
}

function rule(width: number, color: number): Row {
  return [colored('─'.repeat(width), color)];
}

function dashes(width: number): Row {
  return [colored('╌'.repeat(width), COLOR.frame)];
}
