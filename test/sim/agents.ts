import { RUN_FILES } from '../../src/model/queue.ts';
import type { Luck } from './luck.ts';
import { type AgentProcess, startOf, type World, withProcessAs } from './machine/world.ts';
import { ended } from './machine/processes.ts';
import { textOf, withFile } from './machine/files.ts';

/** Home of an account -> epoch milliseconds until which it refuses. */
export type Limits = Readonly<Record<string, number>>;

/** What one agent does next, with what it writes down of it as Claude Code does (test/corpus/records). */
export function agentStep(world: World, pid: number, luck: Luck, limits: Limits): World {
  const agent = world.processes[pid];
  if (agent?.type !== 'agent' || agent.hungUp || agent.talk === null) return world;
  if (agent.does === undefined) return begun(world, pid, agent, agent.talk);
  switch (agent.does) {
    case 'works':
      return (limits[agent.talk.home] ?? 0) > world.now
        ? refused(world, pid, agent, limits[agent.talk.home] ?? 0)
        : worked(world, pid, agent, luck);
    case 'asks':
      return luck(2) === 0 ? said(world, pid, agent, 'works', []) : world;
    case 'rests':
    case 'refused':
    case 'failed':
      return luck(12) === 11 ? ended(world, pid, 0) : world;
  }
}

/** It takes its prompt; a conversation that is to go on and is not there ends it. */
function begun(
  world: World,
  pid: number,
  agent: AgentProcess,
  talk: NonNullable<AgentProcess['talk']>,
): World {
  if (talk.resumes && textOf(world, transcriptOf(talk)) === null) return ended(world, pid, 1);
  const prompt = { type: 'user', message: { role: 'user', content: talk.prompt } };
  const started = { hook_event_name: 'SessionStart', source: talk.resumes ? 'resume' : 'startup' };
  const hooked = withHook(world, agent, started);
  return said(withHook(hooked, agent, { hook_event_name: 'UserPromptSubmit' }), pid, agent, 'works', [
    prompt,
  ]);
}

/** One thing an agent at work may do next. */
function worked(world: World, pid: number, agent: AgentProcess, luck: Luck): World {
  switch (luck(12)) {
    case 5:
      return withWord(world, agent, 'done');
    case 6:
      return withWord(world, agent, 'failed');
    case 7:
      return failed(world, pid, agent);
    case 8: {
      const asked = withHook(world, agent, { hook_event_name: 'PermissionRequest', tool_name: 'Bash' });
      return said(asked, pid, agent, 'asks', []);
    }
    case 9:
      return ended(world, pid, 1);
    case 10:
    case 11:
      return said(world, pid, agent, 'works', [assistant('Still at it.', 'tool_use')]);
    default: {
      const answer = assistant('All done.', 'end_turn');
      const over = { type: 'system', subtype: 'turn_duration' };
      const hooked = withHook(world, agent, { hook_event_name: 'Stop', background_tasks: [] });
      return said(hooked, pid, agent, 'rests', [answer, over]);
    }
  }
}

function failed(world: World, pid: number, agent: AgentProcess): World {
  const text = 'API Error: 529 Overloaded';
  const line = { ...error(text), error: 'overloaded', apiErrorStatus: 529 };
  const hooked = withHook(world, agent, {
    hook_event_name: 'StopFailure',
    error: 'overloaded',
    last_assistant_message: text,
  });
  return said(hooked, pid, agent, 'failed', [line]);
}

function refused(world: World, pid: number, agent: AgentProcess, until: number): World {
  const text = `You've hit your 5-hour limit · resets ${resetWords(until)} (UTC)`;
  const line = {
    ...error(text),
    error: 'rate_limit',
    apiErrorStatus: 429,
    apiError: 'usage_limit_reached',
    quotaLimits: { resetsAt: Math.floor(until / 1000) },
  };
  const hooked = withHook(world, agent, {
    hook_event_name: 'StopFailure',
    error: 'rate_limit',
    last_assistant_message: text,
  });
  return said(hooked, pid, agent, 'refused', [line]);
}

/** `Nov 25, 11:29pm`. */
function resetWords(until: number): string {
  const at = new Date(until);
  const hour = at.getUTCHours();
  const minute = String(at.getUTCMinutes()).padStart(2, '0');
  const month = at.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
  return `${month} ${String(at.getUTCDate())}, ${String(hour % 12 === 0 ? 12 : hour % 12)}:${minute}${hour < 12 ? 'am' : 'pm'}`;
}

function assistant(text: string, stop: string) {
  return {
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'text', text }], stop_reason: stop },
  };
}

function error(text: string) {
  return { ...assistant(text, 'stop_sequence'), isApiErrorMessage: true };
}

/** New lines in its transcript, and what it registers of itself. */
function said(
  world: World,
  pid: number,
  agent: AgentProcess,
  does: NonNullable<AgentProcess['does']>,
  lines: readonly object[],
): World {
  const { talk } = agent;
  if (talk === null) return world;
  const path = transcriptOf(talk);
  const timestamp = new Date(world.now).toISOString();
  const text = lines
    .map((line) => `${JSON.stringify({ isSidechain: false, ...line, timestamp })}\n`)
    .join('');
  const told = text === '' ? world : withFile(world, path, (textOf(world, path) ?? '') + text);
  const record = {
    pid,
    sessionId: talk.conversation,
    procStart: startOf(pid),
    status: does === 'works' ? 'busy' : does === 'asks' ? 'waiting' : 'idle',
    updatedAt: world.now,
    statusUpdatedAt: world.now,
  };
  const registered = withFile(told, `${talk.home}/sessions/${String(pid)}.json`, JSON.stringify(record));
  return withProcessAs(registered, pid, { ...agent, does });
}

function transcriptOf({ home, cwd, conversation }: NonNullable<AgentProcess['talk']>): string {
  return `${home}/projects/${cwd.replaceAll(/[^A-Za-z0-9]/g, '-')}/${conversation}.jsonl`;
}

function withHook(world: World, agent: AgentProcess, event: object): World {
  const name = `${String(world.now)}-${String(Object.keys(world.files).length)}`;
  return withFile(world, `${agent.run}/${RUN_FILES.hooks}/${name}.json`, JSON.stringify(event));
}

/** What is said of a task counts once. */
function withWord(world: World, agent: AgentProcess, word: 'done' | 'failed'): World {
  const path = `${agent.run}/${RUN_FILES.words[word]}`;
  return textOf(world, path) === null ? withFile(world, path, '') : world;
}
