import { describe, expect, test } from 'vitest';
import { taskListText } from '../../src/report/task-list-text.ts';
import { taskText } from '../../src/report/task-text.ts';
import { textWidth } from '../../src/report/width.ts';
import { PLAIN } from './samples.ts';
import { RECORD, TASK, TASK_LIST } from './task-samples.ts';

describe('the tasks as text', () => {
  test.each([60, 100])('read as they always did at %i columns', async (width) => {
    const style = { ...PLAIN, width };
    await expect(`${taskListText(TASK_LIST, style)}\n${taskText(TASK, style)}`).toMatchFileSnapshot(
      `golden/tasks-${width}.txt`,
    );
  });

  test.each([40, 60, 100])('fit %i columns', (width) => {
    const lines = taskListText(TASK_LIST, { ...PLAIN, width }).split('\n');
    expect(lines.filter((line) => textWidth(line) > width)).toEqual([]);
  });

  test('stay in ASCII without a UTF-8 locale', () => {
    const style = { ...PLAIN, unicode: false };
    expect(taskListText(TASK_LIST, style) + taskText(TASK, style)).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('say that there are none', () => {
    expect(taskListText({ ...TASK_LIST, tasks: [] }, PLAIN)).toBe('no tasks\n');
  });
});

describe('one task as text', () => {
  test('has every attempt with its conversation, its end and its last words', () => {
    const text = taskText(TASK, PLAIN);
    expect(text.match(/^attempt \d+ .*$/gm)).toEqual([
      'attempt 1  ccl-auto-14  returned: interrupted, after 4 m 40 s',
      'attempt 2  ccl-auto-14  done: agent-said-so, after 21 m 40 s',
    ]);
    expect(text.split(RECORD.conversation ?? '?')).toHaveLength(3);
    expect(text).toContain('│ All 15 tests pass.');
  });

  test('says that an attempt is not over yet', () => {
    expect(taskText({ ...TASK, attempts: [RECORD] }, PLAIN)).toContain(
      'attempt 1  ccl-auto-14  not over yet',
    );
  });

  test('that can be no task is shown without what it asks for', () => {
    const text = taskText({ ...TASK, task: null, attempts: [] }, PLAIN);
    expect(text).not.toContain('priority');
    expect(text).toContain('~/secumon/.agent-queue/done/fix-login.md');
  });
});
