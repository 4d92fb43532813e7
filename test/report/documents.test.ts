import { describe, expect, test } from 'vitest';
import { noticeDocument } from '../../src/notify/notice-document.ts';
import { notice } from '../notify/notice.ts';
import { z } from 'zod';
import { fail, ok } from '../../src/model/doctor.ts';
import { applyDocument } from '../../src/report/apply-report.ts';
import { captureDocument } from '../../src/report/capture-document.ts';
import { doctorDocument } from '../../src/report/doctor-text.ts';
import { eventDocument } from '../../src/report/events-text.ts';
import { jsonText } from '../../src/report/json.ts';
import { planDocument, savedPlanDocument } from '../../src/report/plan-document.ts';
import { problemsDocument } from '../../src/report/problems-text.ts';
import { OUTPUT_NAMES, type OutputName, outputSchema } from '../../src/report/schemas.ts';
import { screenDocument } from '../../src/report/screen-document.ts';
import { statusDocument } from '../../src/report/status-document.ts';
import { taskDocument, taskListDocument } from '../../src/report/task-document.ts';
import { explanationDocument } from '../../src/report/why-text.ts';
import { APPLY_REPORT, EVENT, EXPLANATION, FILE, PLAN, PROBLEMS, STATUS } from './samples.ts';
import { TASK, TASK_LIST } from './task-samples.ts';

const REAL: Readonly<Record<OutputName, object>> = {
  Plan: planDocument(PLAN),
  Status: statusDocument(STATUS),
  Event: eventDocument(EVENT),
  Notice: noticeDocument(notice()),
  Explanation: explanationDocument(EXPLANATION),
  Problems: problemsDocument(FILE, PROBLEMS),
  ApplyReport: applyDocument(APPLY_REPORT),
  Screen: screenDocument('claude', {
    state: 'limited',
    dialog: 'limit-menu',
    evidence: 'quota',
    resetsAt: Date.parse('2026-11-22T14:39:00Z'),
    rule: 'limit-notice',
  }),
  Capture: captureDocument(
    {
      session: 'ccl-auto-11',
      pane: '%5',
      agent: 'claude',
      version: '2.1.330',
      seenAt: Date.parse('2026-11-22T14:09:00.120Z'),
      zone: 'UTC',
      title: '',
      command: 'claude',
      columns: 120,
      rows: 40,
      verdict: {
        state: 'limited',
        dialog: null,
        evidence: 'quota',
        resetsAt: Date.parse('2026-11-22T14:39:00Z'),
        rule: 'limit-notice',
      },
      plain: 'x',
      ansi: 'x',
      hidden: { path: 2 },
    },
    ['/tmp/capture/manifest.json'],
  ),
  TaskList: taskListDocument(TASK_LIST),
  Task: taskDocument(TASK),
  Doctor: doctorDocument({
    fleet: 'home',
    checks: [
      ok('loop', 'loop', 'pid 7, last cycle 1.0 s ago'),
      fail('folder', 'pool/auto', { found: '/w does not exist', detail: '', help: 'mkdir -p /w' }),
    ],
  }),
};

function valid(name: OutputName, document: unknown): boolean {
  const schema = JSON.parse(JSON.stringify(outputSchema(name)));
  return z.fromJSONSchema(schema).safeParse(JSON.parse(jsonText(document))).success;
}

describe('published documents', () => {
  test.each(OUTPUT_NAMES)('%s is as its schema says', (name) => {
    expect(valid(name, REAL[name])).toBe(true);
  });

  test.each(OUTPUT_NAMES)('the schema of %s refuses a document that lacks any one key', (name) => {
    const keys = Object.keys(REAL[name]);
    const missed = keys.filter((key) =>
      valid(name, Object.fromEntries(Object.entries(REAL[name]).filter(([each]) => each !== key))),
    );
    expect(missed).toEqual([]);
  });

  test('a word outside the closed lists is refused', () => {
    const [action] = planDocument(PLAN).actions;
    expect(valid('Plan', { ...REAL.Plan, actions: [{ ...action, reason: 'because-i-can' }] })).toBe(false);
    expect(valid('Status', { ...REAL.Status, phase: 'Fine' })).toBe(false);
    expect(valid('Event', { ...REAL.Event, type: 'nothing.happened' })).toBe(false);
  });

  test('a saved plan is a plan, and says what it rests on', () => {
    const saved = savedPlanDocument(PLAN, '0.1.0');
    expect(valid('Plan', saved)).toBe(true);
    expect(saved.desiredHash).toBe(PLAN.desiredHash);
  });

  test('the keys of the plan are those of the contract, in its order', () => {
    expect(Object.keys(planDocument(PLAN))).toEqual([
      'apiVersion',
      'kind',
      'fleet',
      'observedAt',
      'converged',
      'actions',
      'withheld',
      'patch',
      'diagnostics',
    ]);
    expect(Object.keys(planDocument(PLAN).actions[0] ?? {})).toEqual([
      'type',
      'target',
      'reason',
      'because',
      'source',
      'disrupts',
      'effect',
    ]);
  });

  test('the keys of the status begin with those of the contract', () => {
    expect(Object.keys(statusDocument(STATUS)).slice(0, 9)).toEqual([
      'apiVersion',
      'kind',
      'fleet',
      'phase',
      'loop',
      'accounts',
      'sessions',
      'inboxes',
      'diagnostics',
    ]);
    expect(Object.keys(statusDocument(STATUS).accounts['main'] ?? {}).slice(0, 3)).toEqual([
      'active',
      'exhaustedUntil',
      'links',
    ]);
    expect(Object.keys(statusDocument(STATUS).sessions['ccl-auto-11'] ?? {}).slice(0, 5)).toEqual([
      'kind',
      'state',
      'account',
      'task',
      'conversation',
    ]);
  });

  test('a document reads back as what it was, hostile text and all', () => {
    const document = planDocument({ ...PLAN, fleet: '\u009b31m\u202e\u007f\u{e0041}' });
    const text = jsonText(document);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
    expect(text).not.toMatch(/[\u007f-\u009f\p{Cf}]/u);
  });
});
