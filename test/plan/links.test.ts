import { describe, expect, it } from 'vitest';
import type { Observed, PathState } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import { read } from '../../src/model/reading.ts';
import { phaseOf } from '../../src/plan/phase.ts';
import { plan } from '../../src/plan/plan.ts';
import { desired, HOME, input, MINUTE, NOW, observed, twoAccounts } from '../support/fleet.ts';

const FLEET = desired(twoAccounts());
const MAIN = `${HOME}/.claude-main/projects`;
const BACKUP = `${HOME}/.claude-backup/projects`;
const SHARED = `${HOME}/.claude-shared/projects`;
const ACTIVE = `${HOME}/.claude`;
const right: PathState = { type: 'link', target: SHARED, resolved: SHARED };

function look(paths: Readonly<Record<string, PathState>>, over: Partial<Observed> = {}): Observed {
  const plain = observed(FLEET);
  const readings = Object.fromEntries(Object.entries(paths).map(([path, state]) => [path, read(state)]));
  const directories = { ...plain.directories, [SHARED]: read({ type: 'present', real: SHARED } as const) };
  return { ...plain, directories, ...over, paths: { ...plain.paths, ...readings } };
}

function made(seen: Observed, over: Partial<PlanInput> = {}) {
  const given = input(FLEET, seen, over);
  const result = plan(given);
  return {
    actions: result.actions.map(({ type, target }) => `${type} ${target}`),
    withheld: result.withheld.map(({ type, target, reason }) => `${type} ${target} ${reason}`),
    codes: result.diagnostics.map(({ code, target }) => `${code} ${target}`),
    phase: phaseOf(given, result),
    effects: result.actions.map(({ effect }) => effect),
  };
}

describe('shared links', () => {
  it('are made where nothing stands, the folder behind them with the first, then the active link', () => {
    const result = made(observed(FLEET));
    expect(result.actions).toEqual([
      'link.create link/backup/projects',
      'link.create link/main/projects',
      'account.activate account/main',
    ]);
    expect(result.effects).toMatchObject([{ makeTarget: true }, { makeTarget: false }, { from: null }]);
  });

  it('are intact by text, by relative text, and by leading to the same real place', () => {
    const links: readonly PathState[] = [
      right,
      { type: 'link', target: '../.claude-shared/projects', resolved: null },
      { type: 'link', target: '/mnt/data/shared/projects', resolved: SHARED },
    ];
    for (const link of links) {
      expect(made(look({ [MAIN]: link, [BACKUP]: right, [ACTIVE]: home('main') })).phase).toBe('Converged');
    }
  });

  it('are never corrected: each problem of each account is reported at once, with a command', () => {
    const result = made(
      look({ [MAIN]: { type: 'link', target: '/else', resolved: '/else' }, [BACKUP]: { type: 'directory' } }),
    );
    expect(result.actions).toEqual([]);
    expect(result.codes).toEqual([
      'account-none-usable agent/claude',
      'link-blocked link/backup/projects',
      'link-diverged link/main/projects',
    ]);
    expect(result.phase).toBe('Blocked');
    for (const [type, command] of [
      ['directory', 'rollcall init'],
      ['file', 'mv -n'],
      ['other', 'mv -n'],
    ] as const) {
      const { diagnostics } = plan(input(FLEET, look({ [BACKUP]: { type } })));
      expect(diagnostics[0]?.help).toContain(command);
    }
  });

  it('that dangle get their folder, unless something else stands there', () => {
    const gone = { ...observed(FLEET).directories };
    const result = made(
      look({ [MAIN]: right, [BACKUP]: right, [ACTIVE]: home('main') }, { directories: gone }),
    );
    expect(result.effects).toMatchObject([{ makeLink: false, makeTarget: true }]);
    const blocked = { ...gone, [SHARED]: read({ type: 'not-a-directory' } as const) };
    const stuck = made(look({ [MAIN]: right, [BACKUP]: right }, { directories: blocked }));
    expect(stuck.actions).toEqual([]);
    expect(stuck.codes).toContain('link-target-blocked link/main/projects');
  });

  it('wait for a home that is not there, which is said once', () => {
    const seen = look({ [MAIN]: right, [ACTIVE]: home('main') });
    const directories = {
      ...seen.directories,
      [`${HOME}/.claude-backup`]: read({ type: 'absent' } as const),
    };
    const result = made({ ...seen, directories });
    expect(result.withheld).toEqual(['link.create link/backup/projects home-missing']);
    expect(result.codes).toEqual(['home-missing account/backup']);
    expect(result.phase).toBe('Degraded');
  });
});

describe('the active link', () => {
  const intact = { [MAIN]: right, [BACKUP]: right };

  it('is left where something else stands', () => {
    for (const state of [
      { type: 'directory' },
      { type: 'file' },
      { type: 'link', target: '/x', resolved: null },
    ] as const) {
      const result = made(look({ ...intact, [ACTIVE]: state }));
      expect(result.actions).toEqual([]);
      expect(result.codes[0]).toMatch(/^link-(blocked|diverged) link\/claude$/);
    }
  });

  it('stays with any declared home when sticky', () => {
    expect(made(look({ ...intact, [ACTIVE]: home('backup') })).phase).toBe('Converged');
  });

  it('passes an account that is exhausted, or whose links are not right', () => {
    const exhausted = made(look(intact), { exhaustedUntil: read({ main: NOW + MINUTE }) });
    expect(exhausted.actions).toEqual(['account.activate account/backup']);
    const over = made(look(intact), { exhaustedUntil: read({ main: NOW }) });
    expect(over.actions).toEqual(['account.activate account/main']);
    const diverged = made(look({ ...intact, [MAIN]: { type: 'file' } }));
    expect(diverged.actions).toEqual(['account.activate account/backup']);
  });

  it('returns to the preferred account when asked to, and never under a live agent', () => {
    const spec = FLEET.activeAccounts['claude'];
    if (spec === undefined) throw new Error('the fleet has an active account');
    const preferred = { ...FLEET, activeAccounts: { claude: { ...spec, select: 'preferred' as const } } };
    const seen = look({ ...intact, [ACTIVE]: home('backup') });
    const quiet = plan(input(preferred, seen));
    expect(quiet.actions[0]?.effect).toMatchObject({
      from: `${HOME}/.claude-backup`,
      home: `${HOME}/.claude-main`,
    });
    const live = { claude: read([{ pid: 7, command: 'claude' }]) };
    const used = plan(input(preferred, { ...seen, linkUsers: live }));
    expect(used.actions).toEqual([]);
    expect(used.withheld[0]).toMatchObject({ type: 'account.activate', reason: 'link-in-use' });
    expect(used.withheld[0]?.because).toContain('claude (pid 7)');
  });
});

function home(account: string): PathState {
  return { type: 'link', target: `${HOME}/.claude-${account}`, resolved: `${HOME}/.claude-${account}` };
}
