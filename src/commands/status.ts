import { setTimeout as sleep } from 'node:timers/promises';
import { readLoopInfo } from '../host/state/loop-info.ts';
import type { DesiredState } from '../model/desired.ts';
import type { Status } from '../model/status.ts';
import { EXIT } from '../model/words.ts';
import { statusOf } from '../plan/status.ts';
import { jsonLine } from '../report/json.ts';
import { statusDocument } from '../report/status-document.ts';
import { statusText } from '../report/status-text.ts';
import { type Context, flagOption, outStyle, print } from './context.ts';
import { endOfStream } from './end-of-stream.ts';
import { inboxCounts } from './inboxes.ts';
import { loadFleet } from './load-fleet.ts';
import { lookOnly, placeOf } from './place.ts';
import type { Verb } from './verb.ts';

/** `status`: the fleet as one look shows it; with `--exit-code` 3 where it is not converged. */
export const run: Verb = async (context, invocation) => {
  const { desired } = await loadFleet(context);
  if (flagOption(invocation, 'watch')) return await watch(context);
  const status = await look(context, desired);
  print(
    context,
    () => statusDocument(status),
    (style) => statusText(status, style),
  );
  return flagOption(invocation, 'exitCode') && status.phase !== 'Converged' ? EXIT.notConverged : EXIT.done;
};

const WATCH_MS = 2000;
/** Home, and clear what is below: a line that got shorter leaves nothing behind. */
const REDRAW = '\u001b[H\u001b[2J';

async function watch(context: Context): Promise<ReturnType<ReturnType<typeof endOfStream>['exit']>> {
  const { stdout } = context.io;
  const end = endOfStream(context.io);
  while (!end.signal.aborted) {
    // The file may be edited while we watch.
    const { desired } = await loadFleet(context);
    const status = await look(context, desired);
    if (context.output === 'json') stdout.write(jsonLine(statusDocument(status)));
    else stdout.write((stdout.isTTY ? REDRAW : '') + statusText(status, outStyle(context)));
    await sleep(WATCH_MS, undefined, { signal: end.signal }).catch(() => undefined);
  }
  return end.exit();
}

async function look(context: Context, desired: DesiredState): Promise<Status> {
  const place = placeOf(context, desired);
  const { input, plan } = await lookOnly(context, place);
  return {
    ...statusOf(input, plan),
    loop: readLoopInfo(place.stateDir),
    inboxes: await inboxCounts(place.host.files, desired),
  };
}
