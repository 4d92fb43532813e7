import { EXIT } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { Stop } from './stop.ts';

export interface Asked {
  readonly actions: number;
  /** Sessions that go by an edit that removes many at once; 0: no such edit. */
  readonly removals: number;
  /** `--yes`. */
  readonly yes: boolean;
}

/** Asks for a yes where there is something to do. Ends with 5 where none is given, or there is nobody to ask. */
export async function confirm(context: Context, { actions, removals, yes }: Asked): Promise<void> {
  const { ask } = context.io;
  if (removals > 0) say(context, massRemovalText(removals));
  // What an edit removes may not be due yet; the yes is needed all the same.
  if ((actions === 0 && removals === 0) || yes) return;
  if (ask === null) {
    throw new Stop(
      EXIT.refused,
      'there is no terminal to ask on: add --yes to make these changes without being asked',
    );
  }
  const what =
    actions === 0 ? 'the edit' : actions === 1 ? 'this change' : `these ${String(actions)} changes`;
  const answer = await ask(`Apply ${what}? Only 'yes' is taken: `);
  if (answer?.trim() !== 'yes') throw new Stop(EXIT.refused, 'nothing was changed');
}

function massRemovalText(removals: number): string {
  const sessions = removals === 1 ? '1 session goes' : `${String(removals)} sessions go`;
  return `WARNING: this is a mass removal. By the last edit of the file ${sessions}, over as many cycles as reconcile.maxDisruptions asks for.`;
}
