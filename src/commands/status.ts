import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { homeFolder } from '../host/paths.ts';
import { readLoopInfo } from '../host/state/loop-info.ts';
import { fileSource } from '../loop/desired-source.ts';
import { type InForce, startWith } from '../loop/in-force.ts';
import { tmuxInOwnCgroup } from '../loop/own-cgroup.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FileProblem } from '../model/seams.ts';
import type { Status } from '../model/status.ts';
import { EXIT } from '../model/words.ts';
import { phaseWith } from '../plan/phase.ts';
import { statusOf } from '../plan/status.ts';
import { jsonLine } from '../report/json.ts';
import { statusDocument } from '../report/status-document.ts';
import { statusText } from '../report/status-text.ts';
import { type Context, flagOption, outStyle, print } from './context.ts';
import { endOfStream } from './end-of-stream.ts';
import { inboxStatuses } from '../plan/inbox-status.ts';
import { fileCandidates } from './find-file.ts';
import { fleetsStateDirs } from './fleet-state.ts';
import { loadFleet, tellProblems } from './load-fleet.ts';
import { lookOnly, placeOf } from './place.ts';
import type { Verb } from './verb.ts';

/**
 * `status`: the fleet as one look shows it; with `--exit-code` 3 where it is not converged. Where the file is bad, the
 * fleet by the last good one, which a running loop keeps to, and 78.
 */
export const run: Verb = async (context, invocation) => {
  const inForce = await fleetInForce(context);
  if (flagOption(invocation, 'watch')) return await watch(context);
  const status = await look(context, inForce);
  print(
    context,
    () => statusDocument(status),
    (style) => statusText(status, style),
  );
  if (inForce.problems.length > 0) {
    tellProblems(context, inForce.problems);
    return EXIT.badFile;
  }
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
    const status = await look(context, await fleetInForce(context));
    if (context.output === 'json') stdout.write(jsonLine(statusDocument(status)));
    else stdout.write((stdout.isTTY ? REDRAW : '') + statusText(status, outStyle(context)));
    await sleep(WATCH_MS, undefined, { signal: end.signal }).catch(() => undefined);
  }
  return end.exit();
}

/** The file as it is, or, where it is bad, as it last was in force. Ends with 78 where it never was. */
async function fleetInForce(context: Context): Promise<InForce> {
  const { io } = context;
  const home = homeFolder(io.env);
  for (const file of fileCandidates(io, context.file)) {
    const { inForce } = await startWith(fileSource(file, home), fleetsStateDirs(io), home);
    if (inForce !== null) return inForce;
    // The first file that stands is the one that is meant, however bad it is.
    if (existsSync(file)) break;
  }
  return { desired: (await loadFleet(context)).desired, problems: [] };
}

async function look(context: Context, { desired, problems }: InForce): Promise<Status> {
  const place = placeOf(context, desired);
  const { input, plan } = await lookOnly(context, place);
  const status = statusOf(input, plan);
  const loop = readLoopInfo(place.stateDir);
  const ownCgroup = loop.pid === null ? null : tmuxInOwnCgroup(input.observed, loop.pid);
  return {
    ...status,
    phase: phaseWith(status.phase, problems),
    diagnostics: [
      ...problems.slice(0, 1).map(badFile),
      ...status.diagnostics,
      ...(ownCgroup === null ? [] : [ownCgroup]),
    ],
    loop,
    inboxes: inboxStatuses(input.observed),
  };
}

function badFile({ file, line, column, message }: FileProblem): Diagnostic {
  return {
    severity: 'error',
    code: 'config-invalid',
    target: 'file',
    summary: 'The file is bad; the last good one is in force',
    detail: `${file}:${String(line)}:${String(column)}: ${message}`,
    help: 'rollcall validate',
  };
}
