import { rowCode } from './span.ts';
import type { Frame } from './frame.ts';

/** The terminal in raw mode. After `end` nothing is written any more. */
export interface Terminal {
  size(): { readonly width: number; readonly height: number };
  /** Writes the rows that changed. */
  draw(frame: Frame, title: string): void;
  /** To the alternate screen, with bracketed paste and mouse reports, as Claude Code when its prompt comes up. */
  enterFull(): void;
  /** Gives the terminal back as it was, and prints. */
  end(text: string): void;
}

const FULL_ON = '\x1b[?1049h\x1b[?1003h\x1b[?1006h\x1b[2J';
const FULL_OFF = '\x1b[?1006l\x1b[?1003l\x1b[?1049l';

export function openTerminal(
  onInput: (chunk: Buffer) => void,
  onResize: () => void,
  onGone: () => void,
): Terminal {
  const { stdin, stdout } = process;
  let drawn: readonly string[] = [];
  let title = '';
  let full = false;
  let ended = false;
  const write = (text: string): void => {
    if (!ended) stdout.write(text);
  };
  // A terminal that went away is told by the end of its input.
  stdout.on('error', () => {});
  stdin.on('error', onGone);
  stdin.on('end', onGone);
  stdin.on('data', onInput);
  stdin.setRawMode(true);
  stdout.on('resize', () => {
    drawn = [];
    write('\x1b[2J');
    onResize();
  });
  write('\x1b[?2004h\x1b[?25l');
  return {
    size: () => ({ width: Math.max(20, stdout.columns), height: Math.max(8, stdout.rows) }),
    draw: (frame, wanted) => {
      const codes = frame.rows.map(rowCode);
      const changed = codes.map((code, index) =>
        code === drawn[index] ? '' : `\x1b[${String(index + 1)};1H\x1b[2K${code}`,
      );
      const titled = wanted === title ? '' : `\x1b]0;${wanted}\x07`;
      const { row, column } = frame.cursor;
      write(`${titled}${changed.join('')}\x1b[${String(row + 1)};${String(column + 1)}H`);
      drawn = codes;
      title = wanted;
    },
    enterFull: () => {
      full = true;
      drawn = [];
      write(FULL_ON);
    },
    end: (text) => {
      // What was printed before the prompt came up stays.
      const last = drawn.findLastIndex((code) => code !== '');
      const below = full ? FULL_OFF : `\x1b[${String(last + 1)};1H\r\n`;
      write(`${below}\x1b[?2004l\x1b[?25h${title === '' ? '' : '\x1b]0;\x07'}`);
      try {
        stdin.setRawMode(false);
      } catch {
        // the terminal is gone
      }
      write(text);
      ended = true;
    },
  };
}
