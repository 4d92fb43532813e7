import { EXIT } from '../model/words.ts';
import { explain } from '../plan/why.ts';
import { explanationDocument, whyText } from '../report/why-text.ts';
import { print } from './context.ts';
import { loadFleet } from './load-fleet.ts';
import { lookOnly, placeOf } from './place.ts';
import { Stop } from './stop.ts';
import { taskPlace } from './task-place.ts';
import { explainOver } from './why-task-over.ts';
import type { Verb } from './verb.ts';

/** `why NAME`, `why not NAME`: the rules and facts that make it as it is, or is not. */
export const run: Verb = async (context, { args }) => {
  const name = askedFor(args);
  const { desired } = await loadFleet(context);
  const { input, plan } = await lookOnly(context, placeOf(context, desired));
  const explanation = explain(input, plan, name) ?? (await explainOver(taskPlace(context, desired), name));
  if (explanation === null) throw new Stop(EXIT.noSuchThing, `there is no ${name} in fleet ${desired.name}`);
  print(
    context,
    () => explanationDocument(explanation),
    (style) => whyText(explanation, style),
  );
  return EXIT.done;
};

/** The answer is the same with `not`: it says what is so, and what keeps it from being otherwise. */
function askedFor(args: readonly string[]): string {
  const words = args.length > 1 && args[0] === 'not' ? args.slice(1) : args;
  const [name] = words;
  if (name === undefined || words.length > 1)
    throw new Stop(EXIT.usage, 'why asks about one thing: `why NAME` or `why not NAME`');
  return name;
}
