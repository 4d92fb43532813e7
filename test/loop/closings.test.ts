import { describe, expect, test } from 'vitest';
import { closings } from '../../src/loop/closings.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Announced } from '../../src/model/memory.ts';
import { read, unreadable } from '../../src/model/reading.ts';
import type { DiagnosticCode } from '../../src/model/words.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, input, observed } from '../support/fleet.ts';
import { inboxSpec } from '../support/queue.ts';

const STATE = desired({ inboxes: { sec: inboxSpec('sec') } });
const BLIND = unreadable(diagnostic('tmux-unreadable', 'tmux'));

function diagnostic(code: DiagnosticCode, target: string): Diagnostic {
  return { severity: 'error', code, target, summary: '', detail: '', help: null };
}

/** A look that shows these, over what was announced before; gives `type target` of what is over. */
function over(
  shown: readonly Diagnostic[],
  before: Announced,
  more: Partial<ReturnType<typeof observed>> = {},
): { readonly said: readonly string[]; readonly announced: Announced } {
  const given = input(STATE, observed(STATE, more));
  const found = closings({ input: given, plan: { ...plan(given), diagnostics: shown } }, before, {});
  return { said: found.news.map(({ type, target }) => `${type} ${target}`), announced: found.announced };
}

describe('what stood and stands no more', () => {
  test.each([
    ['link-diverged', 'link/a/projects', 'link.intact'],
    ['link-blocked', 'link/a/projects', 'link.intact'],
    ['task-waiting', 'task/sec/fix', 'task.answered'],
    ['mass-removal', 'fleet', 'mass.settled'],
  ] as const)('%s is said once to be over', (code, target, type) => {
    const first = over([diagnostic(code, target)], {});
    expect(first.said).toEqual([]);
    const second = over([], first.announced);
    expect(second.said).toEqual([`${type} ${target}`]);
    expect(over([], second.announced).said).toEqual([]);
  });

  test('is said of quota, too, with what it was about', () => {
    const before = { 'fleet.blocked': 'blocked', 'swap.withheld claude': 'account/backup swap-cooldown' };
    expect(over([], before).said).toEqual(['fleet.unblocked fleet', 'swap.settled account/backup']);
  });

  test.each([
    [
      'a link that cannot be looked at',
      [diagnostic('link-unreadable', 'link/a/x')],
      'stands link.diverged link/a/x',
      {},
    ],
    [
      'a link of a home that is gone',
      [diagnostic('home-missing', 'account/a')],
      'stands link.diverged link/a/x',
      {},
    ],
    ['a task, while tmux does not answer', [], 'stands task.waiting task/sec/fix', { tmux: BLIND }],
    [
      'a task of an inbox that cannot be read',
      [],
      'stands task.waiting task/sec/fix',
      { inboxes: { sec: BLIND } },
    ],
    ['a removal, while tmux does not answer', [], 'stands mass.removal fleet', { tmux: BLIND }],
  ])('is not said of what cannot be seen: %s', (_, shown, key, more) => {
    const found = over(shown, { [key]: 'yes' }, more);
    expect(found).toEqual({ said: [], announced: { [key]: 'yes' } });
  });

  test('is not said of a fleet that was suspended while it was blocked', () => {
    const given = input(STATE, observed(STATE), {
      suspensions: read({ '*': { since: 0, until: null, reason: null, by: 'ann' } }),
    });
    const before = { 'fleet.blocked': 'blocked' };
    expect(closings({ input: given, plan: plan(given) }, before, {})).toEqual({
      news: [],
      announced: before,
    });
  });
});
