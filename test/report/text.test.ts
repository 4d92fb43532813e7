import { describe, expect, test } from 'vitest';
import { WORK_PHASES } from '../../src/model/observed.ts';
import type { Status } from '../../src/model/status.ts';
import { applyText, progressLine } from '../../src/report/progress.ts';
import { eventDocument, eventLine } from '../../src/report/events-text.ts';
import { jsonLine, jsonText } from '../../src/report/json.ts';
import { planDocument } from '../../src/report/plan-document.ts';
import { planText } from '../../src/report/plan-text.ts';
import { problemsText } from '../../src/report/problems-text.ts';
import { safeBlock, safeText } from '../../src/report/safe-text.ts';
import { statusDocument } from '../../src/report/status-document.ts';
import { statusText } from '../../src/report/status-text.ts';
import { taskDocument, taskListDocument } from '../../src/report/task-document.ts';
import { taskListText } from '../../src/report/task-list-text.ts';
import { taskText } from '../../src/report/task-text.ts';
import { whyText } from '../../src/report/why-text.ts';
import { APPLY_REPORT, EVENT, EXPLANATION, HOSTILE, PLAIN, PLAN, PROBLEMS, STATUS } from './samples.ts';
import { TASK, TASK_LIST } from './task-samples.ts';

/** A value with every string in it made hostile, but for the closed words that tables are looked up by. */
function poisoned<T>(value: T): T {
  const text = JSON.stringify(value, (key, each: unknown) =>
    typeof each === 'string' && !CLOSED.has(key) && !PHASES.includes(each) ? each + HOSTILE : each,
  );
  return JSON.parse(text);
}

/** The same things under hostile names. */
function renamed<T>(things: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.values(things).map((each, index) => [HOSTILE + String(index), each]));
}

const CLOSED = new Set([
  'type',
  'severity',
  'phase',
  'state',
  'links',
  'reason',
  'outcome',
  'kind',
  'at',
  'signal',
  'result',
  'priority',
]);
/** Closed, under keys that hold paths elsewhere. */
const PHASES: readonly string[] = WORK_PHASES;
const HARMLESS = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

describe('hostile text', () => {
  const plan = poisoned(PLAN);
  const status = poisoned(STATUS);
  const named: Status = {
    ...status,
    sessions: renamed(status.sessions),
    accounts: renamed(status.accounts),
    pools: renamed(status.pools),
    inboxes: renamed(status.inboxes),
    suspensions: renamed(status.suspensions),
  };
  const suspension = { since: 0, until: null, reason: HOSTILE, by: HOSTILE };
  const wide = { ...PLAIN, width: 4000 };

  test.each([
    ['plan', () => planText(plan, wide, { file: HOSTILE, verb: 'plan', saved: HOSTILE })],
    ['status', () => statusText(named, wide)],
    [
      'suspended status',
      () => statusText({ ...named, phase: 'Suspended', suspensions: { '*': suspension } }, wide),
    ],
    ['task list', () => taskListText(poisoned(TASK_LIST), wide)],
    ['task', () => taskText({ ...poisoned(TASK), task: TASK.task }, wide)],
    ['why', () => whyText(poisoned(EXPLANATION), wide)],
    ['event', () => eventLine(poisoned(EVENT), wide)],
    ['problems', () => problemsText(poisoned(PROBLEMS), wide)],
    [
      'progress',
      () =>
        progressLine(
          1,
          2,
          { type: 'session.stop', target: `session/${HOSTILE}`, outcome: 'failed', text: HOSTILE, tookMs: 1 },
          wide,
        ),
    ],
    ['plan as JSON', () => jsonText(planDocument(plan))],
    ['status as JSON', () => jsonText(statusDocument(named))],
    ['task list as JSON', () => jsonText(taskListDocument(poisoned(TASK_LIST)))],
    ['task as JSON', () => jsonText(taskDocument(poisoned(TASK)))],
    ['event as JSON', () => jsonLine(eventDocument(poisoned(EVENT)))],
  ])('never reaches the terminal raw through %s', (_, print) => {
    const text = print();
    expect(text.length).toBeGreaterThan(20);
    for (const line of text.replace(/\n$/, '').split('\n')) expect(line).toMatch(HARMLESS);
  });

  test('shows what was there instead', () => {
    expect(safeText('a\u001b[31mb\n\u0000\u009b\u202E\u{E0041}\ud800')).toBe(
      'a\\x1b[31mb\\n\\x00\\x9b\\u202e\\u{e0041}\\ud800',
    );
  });

  test('keeps the caret under its place', () => {
    expect(safeBlock('1 |\tx: \u001b1\n  |    ^')).toBe('1 | x: ?1\n  |    ^');
  });

  test('leaves ordinary text of any language alone', () => {
    expect(safeText('~/Übung/作業 – naïve')).toBe('~/Übung/作業 – naïve');
  });
});

describe('other texts', () => {
  test('why names each rule and its line of the file', async () => {
    await expect(whyText(EXPLANATION, PLAIN)).toMatchFileSnapshot('golden/why.txt');
  });

  test('an event is one line', () => {
    expect(eventLine(EVENT, PLAIN)).toBe(
      '15:19:02  info    session/ccl-auto-12       action.applied    session.create: created\n',
    );
    expect(eventLine({ ...EVENT, at: '2026-11-20T01:02:03.000Z' }, PLAIN)).toMatch(/^2026-11-20 01:02:03 /);
  });

  test('problems come with their frames', async () => {
    await expect(problemsText(PROBLEMS, PLAIN)).toMatchFileSnapshot('golden/problems.txt');
  });

  test('progress is one line per action, and says what is left and what to do', async () => {
    const lines = APPLY_REPORT.results.map((step, index) => progressLine(index + 1, 5, step, PLAIN));
    await expect(lines.join('') + applyText(APPLY_REPORT, PLAIN)).toMatchFileSnapshot('golden/apply.txt');
  });
});
