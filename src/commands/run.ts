import { openNotifier } from '../host/notify.ts';
import { startOf } from '../host/processes.ts';
import { fleetsStateDirs } from './fleet-state.ts';
import { homeFolder } from '../host/paths.ts';
import { saveLastGood } from '../host/state/last-good.ts';
import { removeLoopInfo, writeLoopInfo } from '../host/state/loop-info.ts';
import { note } from '../loop/crew.ts';
import { type FileSource, fileSource } from '../loop/desired-source.ts';
import { fileKeeper, type InForce, startWith } from '../loop/in-force.ts';
import { noticeSender } from '../loop/notices.ts';
import { runLoop } from '../loop/run.ts';
import { serviceManager } from '../loop/service-manager.ts';
import { bell } from '../loop/wake.ts';
import type { MetricsAddress } from '../model/metrics-address.ts';
import type { FileProblem } from '../model/seams.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { type Context, flagOption } from './context.ts';
import { type LockedCrew, takeCrew } from './crew.ts';
import { fileCandidates } from './find-file.ts';
import { talkingToJournal } from './journal.ts';
import { loadFleet, tellProblems } from './load-fleet.ts';
import { openLog } from './run-log.ts';
import { askedAddress, openMetrics } from './run-metrics.ts';
import { requireStrict } from './run-strict.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `run`: the loop, until Ctrl-C (130) or SIGTERM (0), and then to the end of the action at hand. */
export const run: Verb = async (given, invocation) => {
  const context = { ...given, io: talkingToJournal(given.io) };
  const address = askedAddress(invocation);
  const { source, inForce } = await start(context);
  const crew = takeCrew(context, inForce.desired, 'rollcall run');
  try {
    if (flagOption(invocation, 'strict')) await requireStrict(context, crew, inForce);
    return await keep(context, crew, source, inForce, address);
  } finally {
    crew.release();
  }
};

interface Start {
  readonly source: FileSource;
  readonly inForce: InForce;
}

/** The file as it is, or, where it is bad or missing, as it last was good. Ends with 78 where it never was. */
async function start(context: Context): Promise<Start> {
  const home = homeFolder(context.io.env);
  const kept = fleetsStateDirs(context.io);
  for (const file of fileCandidates(context.io, context.file)) {
    const source = fileSource(file, home);
    const { inForce } = await startWith(source, kept, home);
    if (inForce !== null) return { source, inForce };
  }
  // Says what is wrong, and where it was looked for.
  await loadFleet(context);
  throw new Stop(EXIT.badFile, 'the file has just changed; try again');
}

async function keep(
  context: Context,
  held: LockedCrew,
  source: FileSource,
  inForce: InForce,
  address: MetricsAddress | null,
): Promise<ExitCode> {
  const { io } = context;
  const { stateDir, desired } = held.place;
  const log = await openLog(context, desired.name);
  const metrics = await openMetrics(context, address, desired.name, log);
  const crew = { ...held, journal: metrics.counting(held.journal) };
  const rung = bell();
  const manager = serviceManager(
    openNotifier(io.env, (why) => log.warn({ why }, 'systemd was not told how the loop is')),
  );
  const signal = endSignal(context, () => {
    manager.stopping();
    rung.ring('signal');
  });
  io.onHangup(() => {
    manager.reloading();
    rung.ring('SIGHUP');
  });
  await keepLastGood(source, inForce, stateDir);
  tellStart(context, inForce.problems);
  const since = io.now();
  const info = { pid: process.pid, procStart: startOf(process.pid) ?? '', since };
  const tellCycle = (lastCycleAt: number | null): void => {
    try {
      writeLoopInfo(stateDir, { ...info, lastCycleAt });
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'loop info not written');
    }
  };
  tellCycle(null);
  note(crew, 'loop.started', 'info', 'fleet', 'the loop has started', {
    pid: info.pid,
    file: inForce.problems.length === 0 ? 'good' : 'bad',
  });
  log.info({ file: source.file, state: stateDir }, 'loop started');
  const keeper = fileKeeper(source, stateDir, inForce);
  const sender = noticeSender(crew, io.env, {
    desired: () => keeper.now().desired,
    onProblem: (why) => log.warn({ why }, 'notices not sent'),
  });
  sender.wake();
  try {
    await runLoop(crew, {
      keeper,
      source,
      bell: rung,
      log,
      signal,
      longestWaitMs: manager.longestWaitMs,
      onLook: () => manager.looked(),
      onCycle: (cycle) => {
        tellCycle(io.now());
        manager.cycled(cycle);
        metrics.cycled(cycle);
        sender.wake();
      },
    });
  } finally {
    removeLoopInfo(stateDir);
    note(crew, 'loop.stopped', 'info', 'fleet', 'the loop has ended', { pid: info.pid });
    log.info('loop stopped');
    manager.stopping();
    await Promise.all([manager.farewell(), sender.stop(LAST_WORDS_MS), metrics.close()]);
  }
  return exitOf(io.interruption());
}

/** A message that is just being sent may end; what waits is sent by the next start. */
const LAST_WORDS_MS = 3000;

/** Ends on a signal; and with its terminal, which nobody will type Ctrl-C into any more. */
function endSignal({ io }: Context, wake: () => void): AbortSignal {
  const signal = io.stdout.isTTY ? AbortSignal.any([io.interruption(), io.gone]) : io.interruption();
  signal.addEventListener('abort', wake, { once: true });
  return signal;
}

/** Without a signal it was the lock that ended it. */
function exitOf(interruption: AbortSignal): ExitCode {
  if (!interruption.aborted) return EXIT.held;
  return interruption.reason === 'SIGTERM' ? EXIT.done : EXIT.interrupted;
}

/** The file that is in force from the start outlives this process, like every one accepted later. */
async function keepLastGood(
  source: FileSource,
  { desired, problems }: InForce,
  stateDir: string,
): Promise<void> {
  const { fingerprint, text } = await source.snapshot();
  if (problems.length === 0 && fingerprint === desired.hash)
    saveLastGood(stateDir, { file: source.file, text });
}

function tellStart(context: Context, problems: readonly FileProblem[]): void {
  if (problems.length === 0) return;
  tellProblems(context, problems);
  context.io.stderr.write('rollcall: Degraded: the file is bad; the last good one stays in force\n');
}
