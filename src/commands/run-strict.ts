import { lookAndPlan } from '../loop/look.ts';
import type { InForce } from '../loop/in-force.ts';
import { EXIT } from '../model/words.ts';
import { diagnosticsLines } from '../report/diagnostics-text.ts';
import { type Context, errorStyle } from './context.ts';
import type { LockedCrew } from './crew.ts';
import { Stop } from './stop.ts';

/** `--strict`: ends with 78 on a bad file, or on any problem with links or homes, all of which are told at once. */
export async function requireStrict(
  context: Context,
  crew: LockedCrew,
  { problems }: InForce,
): Promise<void> {
  if (problems.length > 0)
    throw new Stop(EXIT.badFile, 'the file is bad, and --strict starts on no older one');
  const { plan } = await lookAndPlan(crew.place, crew.memory.now());
  const wrong = plan.diagnostics.filter(({ code }) => /^(link|home|path)-/.test(code));
  if (wrong.length === 0) return;
  context.io.stderr.write(`${diagnosticsLines(wrong, errorStyle(context)).join('\n')}\n`);
  throw new Stop(
    EXIT.badFile,
    `--strict: not started, with ${String(wrong.length)} problem(s) with links or homes`,
  );
}
