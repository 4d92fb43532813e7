import { EXIT } from '../model/words.ts';
import { problemsDocument } from '../report/problems-text.ts';
import { paint, shownPath } from '../report/style.ts';
import { print } from './context.ts';
import { loadFleet, warn } from './load-fleet.ts';
import type { Verb } from './verb.ts';

/** `validate`: every problem with the file at once (78), or a word that there is none. */
export const run: Verb = async (context) => {
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  print(
    context,
    () => problemsDocument(desired.file, warnings),
    (style) =>
      `${paint(style, 'green', 'valid')}: ${shownPath(style, desired.file)} declares fleet ${desired.name}\n`,
  );
  return EXIT.done;
};
