import { followEvents, readEvents } from '../host/state/read-events.ts';
import type { JournalEvent } from '../model/event.ts';
import { EXIT } from '../model/words.ts';
import { eventDocument, eventLine } from '../report/events-text.ts';
import { jsonLine } from '../report/json.ts';
import { type Context, flagOption, outStyle, textOption } from './context.ts';
import { durationOption } from './duration-option.ts';
import { stateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { endOfStream } from './end-of-stream.ts';
import type { Verb } from './verb.ts';

/**
 * `events`: the journal, oldest first; with `--follow` also what comes, with `--target` only what is about that. With
 * -o json one document a line.
 */
export const run: Verb = async (context, invocation) => {
  const sinceMs = durationOption(invocation, 'since');
  const target = textOption(invocation, 'target');
  const show = (event: JournalEvent): void => {
    if (target === null || isAbout(event, target)) printEvent(context, event);
  };
  const { desired } = await loadFleet(context);
  const dir = stateDir(context.io, desired);
  const since = sinceMs === null ? {} : { since: context.io.now() - sinceMs };
  if (!flagOption(invocation, 'follow')) {
    for (const event of readEvents(dir, since)) show(event);
    return EXIT.done;
  }
  const end = endOfStream(context.io);
  const following = followEvents(dir, { signal: end.signal });
  // Asked first, so that it stands at the journal's end before what is there is read.
  let next = following.next();
  for (const event of readEvents(dir, since)) show(event);
  for (let got = await next; got.done !== true; got = await next) {
    show(got.value);
    next = following.next();
  }
  return end.exit();
};

/** It, or a part of it: `task/secumon` is every task of that inbox. A bare name is a session's or a task's. */
function isAbout(event: JournalEvent, target: string): boolean {
  // What was rejected before it had an id goes by the name of its file.
  const about = event.target.replace(/\.md$/, '');
  return (
    event.target === target ||
    about === target ||
    about.startsWith(`${target}/`) ||
    (!target.includes('/') && about.endsWith(`/${target}`))
  );
}

function printEvent(context: Context, event: JournalEvent): void {
  context.io.stdout.write(
    context.output === 'json' ? jsonLine(eventDocument(event)) : eventLine(event, outStyle(context)),
  );
}
