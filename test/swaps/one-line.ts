import { join } from 'node:path';
import type { LedgerLine } from '../scripted-agent/ledger.ts';
import { transcriptsOf } from '../scripted-agent/stage.ts';
import { liveAgents } from '../tasks/agents.ts';
import type { TaskFleet } from '../tasks/task-fleet.ts';

/**
 * What is wrong with the conversations of a fleet, by their transcripts and by what the agents wrote down: each must be
 * one unbroken line of records and of turns, and no two processes may ever have been on one.
 */
export function lineProblems(fleet: TaskFleet): readonly string[] {
  const lines = fleet.ledger();
  const conversations = [...new Set(lines.map(({ session }) => session))];
  const transcripts = transcriptsOf(join(fleet.home, '.claude-shared/projects'));
  return [
    ...conversations.flatMap((conversation) => overlaps(lines, conversation)),
    ...conversations.flatMap((conversation) => turnGaps(lines, conversation)),
    ...transcripts.flatMap(forks),
    ...transcriptTwins(transcripts),
  ];
}

/** All that one process wrote down must lie before all that the next one did. */
function overlaps(lines: readonly LedgerLine[], conversation: string): readonly string[] {
  const mine = lines.filter(({ session }) => session === conversation);
  const pids = [...new Set(mine.map(({ pid }) => pid))];
  return pids.flatMap((pid, i) => {
    const before = mine.findLastIndex((line) => line.pid === pids[i - 1]);
    const first = mine.findIndex((line) => line.pid === pid);
    return before > first ? [`${String(pids[i - 1])} and ${String(pid)} were both on ${conversation}`] : [];
  });
}

/** Turns are numbered by what their agent found in the transcript: one that is missing or twice there was lost or doubled. */
function turnGaps(lines: readonly LedgerLine[], conversation: string): readonly string[] {
  const numbers = lines.flatMap((line) =>
    line.event === 'turn-begin' && line.session === conversation ? [line.turn] : [],
  );
  const isWhole = numbers.every((number, i) => number === i + 1);
  return isWhole ? [] : [`${conversation} has the turns ${numbers.join(' ')}`];
}

type Records = readonly Readonly<Record<string, unknown>>[];

/** Each record that is part of the conversation must follow the one before it. */
function forks(records: Records): readonly string[] {
  const linked = records.filter(({ uuid }) => uuid !== undefined);
  return linked.flatMap(({ parentUuid, sessionId }, i) =>
    parentUuid === (linked[i - 1]?.['uuid'] ?? null)
      ? []
      : [`record ${String(i)} of ${String(sessionId)} follows another one than the one before it`],
  );
}

function transcriptTwins(transcripts: readonly Records[]): readonly string[] {
  const ids = transcripts.map((records) => String(records[0]?.['sessionId']));
  return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} has two transcripts`);
}

/** Asks the machine again and again, from now until `end`, whether two live agents are on one attempt. */
export function watchTwins({ home }: Pick<TaskFleet, 'home'>): { end(): Twins } {
  const twins = new Set<string>();
  let samples = 0;
  const timer = setInterval(() => {
    const attempts = liveAgents(home).map(({ attempt }) => attempt);
    samples += attempts.length === 0 ? 0 : 1;
    for (const attempt of attempts)
      if (attempt !== null && attempts.indexOf(attempt) !== attempts.lastIndexOf(attempt))
        twins.add(`two agents on ${attempt}`);
  }, 100);
  return {
    end: () => {
      clearInterval(timer);
      return { samples, twins: [...twins] };
    },
  };
}

export interface Twins {
  /** Looks that found an agent at all. */
  readonly samples: number;
  readonly twins: readonly string[];
}
