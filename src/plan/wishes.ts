import type { AgentSpec, InboxSpec } from '../model/desired.ts';
import { matchesGlob } from '../model/glob.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Task } from '../model/task.ts';

/** What a task is run with, once its wishes are weighed against what its inbox allows. */
export interface Granted {
  readonly agent: string;
  readonly model: string | null;
  readonly cwd: string;
}

/** What of an input it takes to weigh a wish. */
type Scales = Pick<PlanInput, 'desired'> & { readonly observed: Pick<PlanInput['observed'], 'directories'> };

export type Weighed =
  | { readonly ok: true; readonly granted: Granted }
  /** It asks for what the inbox does not allow. */
  | { readonly ok: false; readonly detail: string };

/**
 * The agent, model and folder for a task. What the inbox and its pool give by themselves is always allowed; a
 * wish beyond that only where `allow` says so, and a folder only where what it really leads to is allowed, too.
 */
export function weigh(input: Scales, inbox: InboxSpec, task: Task): Weighed {
  const { desired } = input;
  const own = desired.pools[inbox.pool]?.agent ?? 'claude';
  const agent = task.agent ?? own;
  if (agent !== own && !inbox.allow.agents.includes(agent)) {
    return { ok: false, detail: `agent: ${agent} is not among allow.agents of its inbox` };
  }
  const given = defaultModel(input, agent, task.priority);
  const model = task.model ?? given;
  if (model !== null && model !== given && !inbox.allow.models.includes(model)) {
    return { ok: false, detail: `model: ${model} is not among allow.models of its inbox` };
  }
  const cwd = task.cwd ?? inbox.cwd;
  if (!folderAllowed(input, inbox, cwd)) {
    return { ok: false, detail: `cwd: ${cwd} is not among allow.cwd of its inbox` };
  }
  return { ok: true, granted: { agent, model, cwd } };
}

/** The model its priority asks for: by the agent's own table, else by `tasks.models`, which is Claude's by default. */
function defaultModel({ desired }: Scales, agent: string, priority: Task['priority']): string | null {
  const spec: AgentSpec | undefined = desired.agents[agent];
  const written = Object.hasOwn(desired.sources, '/tasks/models');
  const common = written || spec?.extends === 'builtin:claude' ? desired.tasks.models : {};
  const models = spec?.models ?? common;
  return models[priority] ?? models['default'] ?? null;
}

function folderAllowed({ observed }: Scales, { cwd: own, allow }: InboxSpec, cwd: string): boolean {
  if (cwd === own) return true;
  if (!allow.cwd.some((glob) => matchesGlob(glob, cwd))) return false;
  const there = observed.directories[cwd];
  // What is not there yet, or could not be looked at, is held back for that; nothing starts in it.
  if (there?.ok !== true || there.value.type !== 'present') return true;
  const { real } = there.value;
  return real === cwd || allow.cwd.some((glob) => matchesGlob(realGlob(observed, own, glob), real));
}

/** A glob below the inbox's own folder, whose real path is known, as a glob on real paths. */
function realGlob(observed: Scales['observed'], own: string, glob: string): string {
  const there = observed.directories[own];
  if (there?.ok !== true || there.value.type !== 'present') return glob;
  if (glob === own || glob.startsWith(`${own}/`)) return there.value.real + glob.slice(own.length);
  return glob;
}
