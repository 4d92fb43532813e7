import { followEvents, readEvents } from '../host/state/read-events.ts';
import type { JournalEvent } from '../model/event.ts';
import { EXIT } from '../model/words.ts';
import { eventDocument, eventLine } from '../report/events-text.ts';
import { jsonLine } from '../report/json.ts';
import { type Context, flagOption, outStyle } from './context.ts';
import { durationOption } from './duration-option.ts';
import { stateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { endOfStream } from './end-of-stream.ts';
import type { Verb } from './verb.ts';

/** `events`: the journal, oldest first; with `--follow` also what comes. With -o json one document a line. */
export const run: Verb = async (context, invocation) => {
  const sinceMs = durationOption(invocation, 'since');
  const { desired } = await loadFleet(context);
  const dir = stateDir(context.io, desired);
  const since = sinceMs === null ? {} : { since: context.io.now() - sinceMs };
  if (!flagOption(invocation, 'follow')) {
    for (const event of readEvents(dir, since)) printEvent(context, event);
    return EXIT.done;
  }
  const end = endOfStream(context.io);
  const following = followEvents(dir, { signal: end.signal });
  // Asked first, so that it stands at the journal's end before what is there is read.
  let next = following.next();
  for (const event of readEvents(dir, since)) printEvent(context, event);
  for (let got = await next; got.done !== true; got = await next) {
    printEvent(context, got.value);
    next = following.next();
  }
  return end.exit();
};

function printEvent(context: Context, event: JournalEvent): void {
  context.io.stdout.write(
    context.output === 'json' ? jsonLine(eventDocument(event)) : eventLine(event, outStyle(context)),
  );
}
