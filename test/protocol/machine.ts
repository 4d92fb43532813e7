import { RUN_FILES } from '../../src/model/queue.ts';
import { agentStep, type Limits } from '../sim/agents.ts';
import { KIND } from '../sim/luck.ts';
import { withFile } from '../sim/machine/files.ts';
import { ended, type LauncherTraits, launcherStep } from '../sim/machine/processes.ts';
import { act, killServer, killSession } from '../sim/machine/tmux.ts';
import { panesOf, type World } from '../sim/machine/world.ts';

/** What the world does by itself, without any reconciler. */
export interface Event {
  readonly label: string;
  readonly world: World;
}

/** What goes on anyway: late commands are carried out, launchers start agents, agents end. */
export function workings(world: World, traits: LauncherTraits, limits: Limits = {}): readonly Event[] {
  return [...lateCommands(world), ...launchers(world, traits), ...turns(world, limits), ...endings(world)];
}

/** What an agent says of its task, once. */
export function words(world: World): readonly Event[] {
  return Object.entries(world.processes).flatMap(([pid, process]) => {
    if (process.type !== 'agent' || process.hungUp) return [];
    if (process.talk !== null && process.does !== 'works') return [];
    const word = `${process.run}/${RUN_FILES.words.done}`;
    if (world.files[word] !== undefined) return [];
    return [{ label: `agent ${pid} says that it is done`, world: withFile(world, word, '') }];
  });
}

/** Agents that end by themselves. */
export function exits(world: World): readonly Event[] {
  return Object.entries(world.processes).flatMap(([pid, process]) =>
    process.type === 'agent' && !process.hungUp
      ? [{ label: `agent ${pid} ends by itself`, world: ended(world, Number(pid), 0) }]
      : [],
  );
}

export const MISHAPS = ['kill-server', 'kill-session', 'kill-agent', 'kill-launcher', 'kill-holder'] as const;
export type Mishap = (typeof MISHAPS)[number];

/** What somebody may do to the machine; sessions whose names are not `ours` are left alone. */
export function mishaps(world: World, mishap: Mishap, ours: (name: string) => boolean): readonly Event[] {
  if (mishap === 'kill-server')
    return world.tmux === null ? [] : [{ label: 'the server is killed', world: killServer(world) }];
  const sessions = Object.values(world.tmux?.sessions ?? {}).filter(({ name }) => ours(name));
  if (mishap === 'kill-session') {
    return sessions.map(({ id, name }) => ({
      label: `session ${name} is killed`,
      world: killSession(world, id),
    }));
  }
  const holders = new Set(sessions.flatMap(panesOf).map(({ pid }) => pid));
  const hit = { 'kill-agent': 'agent', 'kill-launcher': 'launcher', 'kill-holder': 'other' }[mishap];
  return Object.entries(world.processes).flatMap(([pid, { type }]) => {
    if (type !== hit || (type === 'other' && !holders.has(Number(pid)))) return [];
    return [{ label: `${mishap} ${pid}`, world: ended(world, Number(pid), 137) }];
  });
}

function lateCommands(world: World): readonly Event[] {
  return world.late.map(({ guard, commands }, at) => {
    const left = { ...world, late: world.late.filter((_, other) => other !== at) };
    const [after] = act(left, guard, commands);
    return { label: `late: ${commands.map(({ type }) => type).join(',')}`, world: after };
  });
}

function launchers(world: World, traits: LauncherTraits): readonly Event[] {
  return Object.entries(world.processes).flatMap(([text, process]) => {
    if (process.type !== 'launcher') return [];
    const pid = Number(text);
    const next = launcherStep(world, pid, process, traits);
    const events =
      next === null ? [] : [{ label: `launcher ${text} (${process.stage}) goes on`, world: next }];
    // Told to end before it has begun: it may still begin, or not.
    if (process.hungUp && process.stage === 'new')
      events.push({ label: `launcher ${text} ends`, world: ended(world, pid, 129) });
    return events;
  });
}

/** Agents that keep a conversation take their prompt, and are refused where their account has no quota. */
function turns(world: World, limits: Limits): readonly Event[] {
  return Object.entries(world.processes).flatMap(([pid, process]) => {
    if (process.type !== 'agent' || process.talk === null || process.hungUp) return [];
    const isLimited = (limits[process.talk.home] ?? 0) > world.now;
    if (process.does !== undefined && !(process.does === 'works' && isLimited)) return [];
    return [{ label: `agent ${pid} goes on`, world: agentStep(world, Number(pid), KIND, limits) }];
  });
}

function endings(world: World): readonly Event[] {
  return Object.entries(world.processes).flatMap(([pid, process]) =>
    process.type === 'agent' && process.hungUp
      ? [{ label: `agent ${pid} ends`, world: ended(world, Number(pid), null) }]
      : [],
  );
}
