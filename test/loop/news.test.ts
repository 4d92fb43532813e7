import { describe, expect, it } from 'vitest';
import { noteNews } from '../../src/loop/news.ts';
import type { Look } from '../../src/loop/look.ts';
import type { JournalEvent } from '../../src/model/event.ts';
import { NO_MEMORY } from '../../src/model/memory.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, input, NOW, observed, pool } from '../support/fleet.ts';
import { claim, inboxSpec, record, run } from '../support/queue.ts';

const STATE = desired({ pools: { auto: pool() }, inboxes: { sec: inboxSpec('sec') } });

describe('the news of a look', () => {
  it('has one line for one wait, in whichever words a hook and then the screen say it', () => {
    const looks = [
      look(NOW, 'Which colour?', NOW - 100),
      look(NOW + 1000, '☐ Colour · Which colour?', NOW - 100),
    ];
    expect(said(looks)).toEqual([['Which colour?'], []]);
  });

  it('has a line for each question, also where no look saw the time between', () => {
    const looks = [look(NOW, 'Which colour?', NOW - 100), look(NOW + 5000, 'Which size?', NOW + 3000)];
    expect(said(looks)).toEqual([['Which colour?'], ['Which size?']]);
  });

  it('goes by the words where the agent has no hook', () => {
    const looks = [look(NOW, 'Which colour?', null), look(NOW + 1000, 'Which size?', null)];
    expect(said(looks)).toEqual([['Which colour?'], ['Which size?']]);
  });

  it('has a line for the same question again, where it did not wait meanwhile', () => {
    const looks = [
      look(NOW, 'Which colour?', NOW - 100),
      look(NOW + 1000, null, NOW - 100),
      look(NOW + 2000, 'Which colour?', NOW + 1500),
    ];
    expect(said(looks)).toEqual([['Which colour?'], [], ['Which colour?']]);
  });
});

/** A look at `at` that shows a task waiting for an answer, which its agent's hook asked at `askedAt`. */
function look(at: number, question: string | null, askedAt: number | null): Look {
  const own = claim('sec', 'fix', 'auto-1', 'at0001');
  const asked = { event: 'asked', at: askedAt ?? 0, error: null, background: 0, text: null } as const;
  const facts = { ...NO_FACTS, hooks: askedAt === null ? [] : [asked] };
  const seen = observed(STATE, { at, runs: { at0001: run(own, record(own), { facts }) } });
  const given = input(STATE, seen);
  const waiting = {
    severity: 'warning',
    code: 'task-waiting',
    target: 'task/sec/fix',
    summary: 'A task waits for an answer',
    detail: question ?? '',
    help: '',
  } as const;
  return {
    input: given,
    plan: { ...plan(given), diagnostics: question === null ? [] : [waiting] },
    memory: NO_MEMORY,
    massRemoval: [],
    decisions: [],
  };
}

/** What each look adds to the journal about waits. */
function said(looks: readonly Look[]): readonly (readonly string[])[] {
  return looks.map((each, i) => {
    const events: JournalEvent[] = [];
    const crew = {
      journal: { append: (event: JournalEvent) => void events.push(event) },
      place: { host: { now: () => NOW } },
    };
    noteNews(crew, looks[i - 1] ?? null, each);
    return events.filter(({ type }) => type === 'task.waiting').map(({ message }) => message);
  });
}
