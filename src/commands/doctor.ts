import { readFile } from 'node:fs/promises';
import { homeFolder } from '../host/paths.ts';
import { processReader } from '../host/processes.ts';
import { loadMemory } from '../host/state/memory-store.ts';
import { fileSource } from '../loop/desired-source.ts';
import { startWith } from '../loop/in-force.ts';
import type { DesiredState } from '../model/desired.ts';
import { type Check, CHECK_IDS, type Doctor } from '../model/doctor.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { statusOf } from '../plan/status.ts';
import { doctorDocument, doctorText } from '../report/doctor-text.ts';
import { type Context, print, textOption } from './context.ts';
import { accountChecks } from './doctor/accounts.ts';
import { agentChecks } from './doctor/agents.ts';
import { channelChecks } from './doctor/channels.ts';
import { fileChecks, lastGoodCheck } from './doctor/file.ts';
import { folderChecks } from './doctor/folders.ts';
import { inboxChecks } from './doctor/inboxes.ts';
import { lookAtAccounts } from './doctor/look-at-accounts.ts';
import { lookAtAgents } from './doctor/look-at-agents.ts';
import { lookAtMachine } from './doctor/look-at-machine.ts';
import { lookAtState } from './doctor/look-at-state.ts';
import { lookAtTmux } from './doctor/look-at-tmux.ts';
import { machineChecks } from './doctor/machine.ts';
import { secretChecks } from './doctor/secrets.ts';
import { sendTest } from './doctor/send-test.ts';
import { stateChecks } from './doctor/state.ts';
import { tmuxChecks } from './doctor/tmux.ts';
import { fleetsStateDirs, stateDir } from './fleet-state.ts';
import { type FleetReading, loadFleet, readFleetFile, warn } from './load-fleet.ts';
import { lookAndPlan } from '../loop/look.ts';
import { placeOf } from './place.ts';
import type { Verb } from './verb.ts';

/**
 * `doctor`: what of this machine and this fleet is known to hurt, each with what mends it; 1 where a check fails.
 * Writes nothing. Without a desired-state file only the machine is looked at; with a bad one, the last good one counts.
 */
export const run: Verb = async (context, invocation) => {
  const channel = textOption(invocation, 'sendTest');
  if (channel !== null) return await sendTestTo(context, channel);
  const machine = machineChecks(await lookAtMachine(context.io));
  const doctor = await examined(context, machine);
  print(
    context,
    () => doctorDocument(doctor),
    (style) => doctorText(doctor, style),
  );
  return doctor.checks.some(({ status }) => status === 'fail') ? EXIT.failed : EXIT.done;
};

/** Sends one message, now and beside the outbox; ends with 4 where the file declares no such channel. */
async function sendTestTo(context: Context, name: string): Promise<ExitCode> {
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  const { pid } = lookAtState(stateDir(context.io, desired), desired, context.io.now()).loop;
  const { env, whose } = await actingEnvironment(context, pid);
  const doctor = { fleet: desired.name, checks: [await sendTest(desired, name, env, whose)] };
  print(
    context,
    () => doctorDocument(doctor),
    (style) => doctorText(doctor, style),
  );
  return doctor.checks.some(({ status }) => status !== 'ok') ? EXIT.failed : EXIT.done;
}

async function examined(context: Context, machine: readonly Check[]): Promise<Doctor> {
  const reading = await readFleetFile(context);
  if (isNowhere(context, reading)) return { fleet: null, checks: machine };
  const desired = reading.ok ? reading.desired : await lastGood(context, reading.file);
  const checks = [...machine, ...fileChecks(reading)];
  if (desired === null) return { fleet: null, checks };
  return {
    fleet: desired.name,
    checks: inOrder([...checks, ...(await fleetChecks(context, reading, desired))]),
  };
}

/** Nobody named a file, and none stands where one is looked for: that is no problem, there is no fleet yet. */
function isNowhere({ io, file }: Context, reading: FleetReading): boolean {
  const named = file !== null || (io.env['ROLLCALL_FILE'] ?? '') !== '';
  return !named && !reading.ok && reading.problems.some(({ code }) => code === 'file-missing');
}

async function lastGood({ io }: Context, file: string): Promise<DesiredState | null> {
  const home = homeFolder(io.env);
  return (await startWith(fileSource(file, home), fleetsStateDirs(io), home)).inForce?.desired ?? null;
}

async function fleetChecks(
  context: Context,
  reading: FleetReading,
  desired: DesiredState,
): Promise<readonly Check[]> {
  const { io } = context;
  const dir = stateDir(io, desired);
  const state = lookAtState(dir, desired, io.now());
  const loopPid = state.loop.pid;
  const acting = await actingEnvironment(context, loopPid);
  const { memory } = loadMemory(dir);
  const { input, plan } = await lookAndPlan(placeOf(context, desired), memory);
  const { accounts } = statusOf(input, plan);
  const agents = await lookAtAgents(desired, acting.env['PATH'] ?? '', acting.whose);
  return [
    lastGoodCheck(dir, reading.file, await textOf(reading.file), desired),
    ...stateChecks(state),
    ...tmuxChecks(await lookAtTmux(io, desired, memory.server, loopPid), desired),
    ...folderChecks(desired),
    ...inboxChecks(desired),
    ...agents.flatMap((each) => agentChecks(each)),
    ...accountChecks(await lookAtAccounts(desired, accounts)),
    ...secretChecks(desired, acting.env, acting.whose),
    ...channelChecks(desired, dir, io.now()),
  ];
}

/** The environment that agents and channels get theirs from: the loop's, where one runs, else that of whoever asks. */
async function actingEnvironment({ io }: Context, loopPid: number | null) {
  const env = loopPid === null ? null : await processReader.environmentOf(loopPid);
  return env === null ? { env: io.env, whose: 'this shell' } : { env, whose: 'the loop' };
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // What is wrong with it is said by the file's own check.
    return null;
  }
}

function inOrder(checks: readonly Check[]): readonly Check[] {
  return checks.toSorted((a, b) => CHECK_IDS.indexOf(a.id) - CHECK_IDS.indexOf(b.id));
}
