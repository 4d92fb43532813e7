import { matchesGlob } from '../model/glob.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { AttemptRecord, LaunchRequest } from '../model/task.ts';

/** What to start an attempt's agent with, the first time or again. */
export function launchOf(
  { desired, observed, runsDir }: PlanInput,
  record: AttemptRecord,
  home: string | null,
  mode: LaunchRequest['mode'],
): LaunchRequest {
  const { agent, conversation, model, cwd, delivery, inbox, id, attempt, launches } = record;
  const trust = desired.agents[agent]?.trust ?? [];
  return {
    agent,
    mode,
    conversation,
    model,
    cwd,
    home,
    // By real paths only: a link below a trusted folder may lead anywhere.
    trusted: trust.some((folder) => isBelow(cwd, realFolder(observed, folder)) || matchesGlob(folder, cwd)),
    delivery,
    inbox,
    id,
    attempt,
    launch: launches,
    runDir: `${runsDir}/${attempt}`,
  };
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** The real path of a folder, or the path itself where it is not known to be there. */
export function realFolder({ directories }: PlanInput['observed'], path: string): string {
  const there = directories[path];
  return there?.ok === true && there.value.type === 'present' ? there.value.real : path;
}
