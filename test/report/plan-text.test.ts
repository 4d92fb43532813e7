import { describe, expect, test } from 'vitest';
import { planText } from '../../src/report/plan-text.ts';
import { textWidth } from '../../src/report/width.ts';
import { CONVERGED_PLAN, FILE, PLAIN, PLAN } from './samples.ts';

const OPTIONS = { file: FILE, verb: 'plan', saved: null } as const;

describe('plan as text', () => {
  test.each([60, 80, 100])('reads as it always did at %i columns', async (width) => {
    await expect(planText(PLAN, { ...PLAIN, width }, OPTIONS)).toMatchFileSnapshot(
      `golden/plan-${width}.txt`,
    );
  });

  test('stays in ASCII without a UTF-8 locale', async () => {
    const text = planText(PLAN, { ...PLAIN, unicode: false }, OPTIONS);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    await expect(text).toMatchFileSnapshot('golden/plan-ascii.txt');
  });

  test('says the same with colour and without', () => {
    const coloured = planText(PLAN, { ...PLAIN, colour: true }, OPTIONS);
    expect(coloured).toContain('\u001b[');
    // oxlint's own rule forbids the escape in a pattern, so it is built from its number.
    const sgr = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
    expect(coloured.replace(sgr, '').replace(/ +$/gm, '')).toBe(
      planText(PLAN, PLAIN, OPTIONS).replace(/ +$/gm, ''),
    );
  });

  test('keeps prose within the columns there are', () => {
    const prose = planText(PLAN, { ...PLAIN, width: 80 }, OPTIONS)
      .split('\n')
      .filter((line) => /^ {8}\S/.test(line));
    expect(prose.length).toBeGreaterThan(8);
    expect(prose.filter((line) => textWidth(line) > 80)).toEqual([]);
  });

  test('names every action, its reason and the line of the file that asks for it', () => {
    const text = planText(PLAN, PLAIN, OPTIONS);
    for (const action of PLAN.actions) {
      expect(text).toContain(action.target.slice(action.target.indexOf('/') + 1));
      expect(text).toContain(action.reason);
      if (action.source !== null) expect(text).toContain(`desired-state.yaml:${String(action.source.line)}`);
    }
    for (const each of PLAN.withheld) expect(text).toContain(`${each.reason}: `);
  });

  test('says converged where there is nothing to do', () => {
    const text = planText(CONVERGED_PLAN, PLAIN, OPTIONS);
    expect(text).toContain('Converged');
    expect(text).not.toContain('Plan:');
  });

  test('never calls a plan with an error converged', () => {
    const plan = { ...CONVERGED_PLAN, converged: false, diagnostics: PLAN.diagnostics };
    expect(planText(plan, PLAIN, OPTIONS)).not.toContain('Converged');
  });

  test('says that nothing has been changed only where that is all it does', () => {
    expect(planText(PLAN, PLAIN, OPTIONS)).toContain('Nothing has been changed.');
    expect(planText(PLAN, PLAIN, { ...OPTIONS, verb: 'apply' })).not.toContain('Nothing has been changed.');
  });
});
