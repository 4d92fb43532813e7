import { basename } from 'node:path';
import type { Source } from '../model/source.ts';
import { paint, shown, type Style, shownProse } from './style.ts';
import { wrapped } from './width.ts';

/** `desired-state.yaml:34`, dimmed: where the file asks for it. Null: nothing. */
export function place(source: Source | null, style: Style): string {
  return source === null ? '' : paint(style, 'dim', placeText(source, style));
}

/** The same without colour, to measure and to wrap. */
export function placeText(source: Source, style: Style): string {
  return `${shown(style, basename(source.file))}:${String(source.line)}`;
}

/** `because` wrapped below an item, with the place of the file at its end. */
export function becauseLines(because: string, source: Source | null, style: Style, indent: number): string[] {
  const at = source === null ? '' : placeText(source, style);
  const text = shownProse(style, because);
  const lines = wrapped(at === '' ? text : `${text}  ${at}`, Math.max(style.width - indent, 20));
  return lines.map((line) => {
    const body = at !== '' && line.endsWith(at) ? line.slice(0, -at.length) + paint(style, 'dim', at) : line;
    return ' '.repeat(indent) + body;
  });
}
