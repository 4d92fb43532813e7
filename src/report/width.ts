import { charWidth } from '../model/char-width.ts';

/** How many terminal columns `text` takes: combining characters none, wide ones (CJK, emoji) two. Roughly wcwidth. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** `text` in at most `width` columns; what was cut off shows as `mark` (one column each character). */
export function truncated(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text;
  const room = width - mark.length;
  if (room < 0) return mark.slice(0, Math.max(width, 0));
  let used = 0;
  let kept = '';
  for (const char of text) {
    used += charWidth(char);
    if (used > room) break;
    kept += char;
  }
  return kept + mark;
}

/** `text` filled with spaces up to `width` columns. */
export function padded(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(width - textWidth(text), 0));
  return align === 'left' ? text + fill : fill + text;
}

/** Prose broken at spaces into lines of at most `width` columns; a longer word keeps its line to itself, whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}
