import type { Source, Sources } from '../model/source.ts';
import { linesOf, spanOf } from './frame.ts';
import type { Places } from './walk.ts';

/** Where each written thing stands: a key of a map at its key, an item of a list at itself. */
export function sourcesOf(plain: string, places: Places, file: string): Sources {
  const lines = linesOf(plain);
  const sources = [...places].map(([path, place]): [string, Source] => {
    const { line, column } = spanOf(lines, place.key ?? place.value);
    return [path, { file, line, column }];
  });
  return Object.fromEntries(sources);
}
