import { describe, expect, test } from 'vitest';
import type { Status } from '../../src/model/status.ts';
import { statusText } from '../../src/report/status-text.ts';
import { textWidth } from '../../src/report/width.ts';
import { NOW, PLAIN, session, STATUS } from './samples.ts';

const SUSPENDED: Status = {
  ...STATUS,
  phase: 'Suspended',
  suspensions: { '*': { since: NOW, until: null, reason: 'moving house', by: 'ann' } },
};

function firstLine(status: Partial<Status>): string | undefined {
  return statusText({ ...STATUS, suspensions: {}, ...status }, PLAIN).split('\n')[0];
}

describe('status as text', () => {
  test.each([60, 80, 100])('reads as it always did at %i columns', async (width) => {
    await expect(statusText(STATUS, { ...PLAIN, width })).toMatchFileSnapshot(`golden/status-${width}.txt`);
  });

  test.each([40, 60, 80, 100])('fits %i columns up to the diagnostics, whatever the names are', (width) => {
    const long: Status = {
      ...STATUS,
      diagnostics: [],
      sessions: {
        ...STATUS.sessions,
        ['ccl-auto-'.repeat(12)]: session({ note: '漢字かな'.repeat(40), task: 't'.repeat(90) }),
      },
    };
    const lines = statusText(long, { ...PLAIN, width }).split('\n');
    expect(lines.filter((line) => !line.startsWith('Next:') && textWidth(line) > width)).toEqual([]);
  });

  test('says first that it is suspended, by whom, until when and why', () => {
    const [first] = statusText(SUSPENDED, PLAIN).split('\n');
    expect(first).toBe('fleet home  SUSPENDED  by ann, until resumed: moving house');
  });

  test('shows a suspended part right below the phase', () => {
    const [, second] = statusText(STATUS, PLAIN).split('\n');
    expect(second).toMatch(
      /^SUSPENDED {2}session\/ccl-auto-11 {2}by ann, until 16:00 \(in 41 m\): debugging$/,
    );
  });

  test('gives each phase its reason', () => {
    expect(firstLine({ phase: 'Converged' })).toBe('fleet home  CONVERGED  all is as the file says');
    expect(firstLine({ phase: 'Converging' })).toBe('fleet home  CONVERGING  2 to do, 1 withheld');
    expect(firstLine({ phase: 'Degraded' })).toBe(
      'fleet home  DEGRADED  A link points elsewhere. (link/backup/session-env)',
    );
    expect(firstLine({ phase: 'Blocked', diagnostics: [] })).toBe(
      'fleet home  BLOCKED  no account to work under',
    );
    expect(firstLine({ phase: 'Blocked', blockedUntil: NOW + 9_660_000 })).toBe(
      'fleet home  BLOCKED  no account has quota; it goes on by itself at 18:00 (in 2 h 41 m)',
    );
  });

  test('says that nothing keeps the fleet where no loop runs', () => {
    const stopped = { ...STATUS, loop: { running: false, pid: null, since: null, lastCycleAt: null } };
    expect(statusText(stopped, PLAIN)).toContain('not running: nothing keeps the fleet as it is');
  });

  test('is sane without anything to show', () => {
    const empty: Status = {
      ...STATUS,
      phase: 'Converged',
      accounts: {},
      sessions: {},
      pools: {},
      inboxes: {},
      parked: {},
      suspensions: {},
      diagnostics: [],
      pending: { actions: 0, withheld: 0 },
    };
    expect(statusText(empty, PLAIN)).not.toContain('SESSION');
  });
});
