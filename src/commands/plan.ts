import { EXIT } from '../model/words.ts';
import { planDocument, savedPlanDocument } from '../report/plan-document.ts';
import { planText } from '../report/plan-text.ts';
import { flagOption, print, textOption } from './context.ts';
import { loadFleet, warn } from './load-fleet.ts';
import { ownVersion } from './own-version.ts';
import { lookOnly, placeOf } from './place.ts';
import { writeSavedPlan } from './saved-plan.ts';
import type { Verb } from './verb.ts';

/** `plan`: what would change, and why. Writes nothing but the file of `--out`, and takes no lock. */
export const run: Verb = async (context, invocation) => {
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  const { plan } = await lookOnly(context, placeOf(context, desired));
  const out = textOption(invocation, 'out');
  if (out !== null) writeSavedPlan(context, out, savedPlanDocument(plan, ownVersion()));
  print(
    context,
    () => planDocument(plan),
    (style) => planText(plan, style, { file: desired.file, verb: 'plan', saved: out }),
  );
  return flagOption(invocation, 'detailedExitcode') && plan.actions.length > 0 ? EXIT.changes : EXIT.done;
};
