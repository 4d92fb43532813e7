import { join } from 'node:path';
import { transcriptsOf } from '../scripted-agent/stage.ts';
import { begunIn, type TaskFleet } from './task-fleet.ts';

/** How often each task was begun, by what the agents themselves wrote down. */
export function countRuns(
  fleet: TaskFleet,
  ids: readonly string[],
  mayRun: (index: number) => number,
): { readonly total: number; readonly problems: readonly string[] } {
  const begun = begunIn(fleet.ledger());
  const marks = marksOf(fleet);
  const problems: string[] = [];
  for (const conversation of new Set(begun.map(({ session }) => session))) {
    const turns = begun.filter(({ session }) => session === conversation).length;
    if (turns > 1) problems.push(`${String(marks[conversation])} was begun ${String(turns)} times in one go`);
    if (marks[conversation] === undefined) problems.push(`${conversation} has no task`);
  }
  for (const [i, id] of ids.entries()) {
    const runs = begun.filter(({ session }) => marks[session] === id).length;
    const where = fleet.whereIs(id);
    if (runs > mayRun(i)) problems.push(`${id} was run ${String(runs)} times`);
    if (runs > fleet.records(id).length) problems.push(`${id} was run more often than recorded`);
    if (runs === 0 && where === 'done') problems.push(`${id} is done and was never run`);
  }
  return { total: begun.length, problems };
}

/** Which task each conversation is about, by the prompt in its transcript. */
function marksOf({ home }: TaskFleet): Readonly<Record<string, string>> {
  const prompts = transcriptsOf(join(home, '.claude-shared/projects'))
    .flat()
    .filter(({ type, origin }) => type === 'user' && origin !== undefined);
  return Object.fromEntries(
    prompts.map(({ sessionId, message }) => [
      String(sessionId),
      /mark: (?<id>\w+)\./.exec(JSON.stringify(message))?.groups?.['id'] ?? 'unmarked',
    ]),
  );
}
