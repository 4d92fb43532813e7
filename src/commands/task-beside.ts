import { join } from 'node:path';
import { fileReader } from '../host/files.ts';
import { fleetPaths } from '../host/paths.ts';
import type { DesiredState } from '../model/desired.ts';
import { claimOf, queueFolders } from '../model/queue.ts';
import type { RunWord } from '../model/run.ts';
import type { Claim } from '../model/task.ts';
import { taskAddress } from '../model/task-view.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { type Context, say } from './context.ts';
import { stateDir } from './fleet-state.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { namesTask, taskRef } from './task-name.ts';
import { taskPlace, tellWithoutLoop } from './task-place.ts';
import { findTask } from './task-ref.ts';
import type { Verb } from './verb.ts';
import { leaveWord } from './task-word.ts';

/** Leaves a word about a running task for the loop, from outside its agent. Exits as `Verb`s do. */
export async function leaveWordBeside(
  context: Context,
  text: string,
  word: RunWord['type'],
  message: string,
): ReturnType<Verb> {
  const { desired } = await loadFleet(context);
  const claim = await claimNamed(context, desired, text);
  return await leaveWordOn(context, desired, claim, word, message);
}

/** The same where the claim is known. */
export async function leaveWordOn(
  context: Context,
  desired: DesiredState,
  claim: Claim,
  word: RunWord['type'],
  message: string,
): Promise<ExitCode> {
  const said = await leaveWord(runDirOf(context, desired, claim), word, message);
  say(
    context,
    `${taskAddress(claim)}: ${said === 'again' ? 'was said before: ' : ''}${word}, in ${claim.session}`,
  );
  tellWithoutLoop(context, stateDir(context.io, desired), 'it will be acted on');
  return EXIT.done;
}

/** The folder of an attempt, where its agent and the loop look for words. */
export function runDirOf({ io }: Pick<Context, 'io'>, desired: DesiredState, { attempt }: Claim): string {
  return join(fleetPaths(desired.name, io.env).runtime, 'runs', attempt);
}

/** The claim of that task. Where none is running, the verb ends as looking for any other task does. */
async function claimNamed(context: Context, desired: DesiredState, text: string): Promise<Claim> {
  const ref = taskRef(text);
  const claims = (await claimsOf(desired)).filter(({ inbox, id }) => namesTask(ref, inbox, id));
  const [claim, second] = claims;
  if (claim === undefined) {
    const found = await findTask(taskPlace(context, desired), ref, ['running', 'parked']);
    if (found.claim !== null) return found.claim;
    throw new Stop(EXIT.refused, `${taskAddress(found.view)} is no longer running`);
  }
  if (second === undefined) return claim;
  const choices = claims.map(({ inbox, id }) => `${inbox}/${id}`);
  throw new Stop(EXIT.usage, `${text} could be each of these; name one:\n  ${choices.join('\n  ')}`);
}

/** By the names in `claimed/` alone. */
async function claimsOf(desired: DesiredState): Promise<readonly Claim[]> {
  const found = await Promise.all(
    Object.entries(desired.inboxes).map(async ([inbox, { dir }]) => {
      const names = await fileReader.names(queueFolders(dir).claimed);
      return names.type === 'ok' ? names.value.map((file) => claimOf(inbox, file)) : [];
    }),
  );
  return found.flat().filter((claim) => claim !== null);
}
