import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observed, ObservedSession } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Action, ActionOf } from '../../src/model/plan.ts';
import { NO_FACTS } from '../../src/model/run.ts';
import { plan } from '../../src/plan/plan.ts';
import { arbCalmInput, arbInput } from '../support/arbitrary.ts';
import { MINUTE } from '../support/fleet.ts';
import { simulate, stepsOf } from '../support/simulate.ts';
import { carrierOf, sessionsOf } from '../support/world.ts';
import { often } from '../support/heavy.ts';

const RUNS = { numRuns: often(250, 3000) };

/** Which sessions, attempts and tasks an action names. */
function namesOf({ type, target, effect }: Action): readonly string[] {
  const session = 'session' in effect && effect.session !== null ? [`session ${effect.session.name}`] : [];
  const attempt = 'attempt' in effect ? [`attempt ${effect.attempt}`] : [];
  const claimed = 'claimed' in effect && effect.claimed !== null ? [`file ${effect.claimed}`] : [];
  const from = type === 'task.start' || type === 'task.reject' ? [`file ${effect.from}`] : [];
  return [...new Set([target, ...session, ...attempt, ...claimed, ...from])];
}

function starts(given: PlanInput): readonly ActionOf<'task.start'>[] {
  return plan(given).actions.filter((action) => action.type === 'task.start');
}

function sessionOf(look: Observed, id: string): ObservedSession {
  const found = sessionsOf(look)[id];
  if (found === undefined) throw new Error(`no session ${id}`);
  return found;
}

/** How many task files there are, wherever they are. */
function fileCount(look: Observed): number {
  return Object.values(look.inboxes).reduce((sum, reading) => {
    if (!reading.ok) return sum;
    const { entries, claims, counts } = reading.value;
    const ended = counts.done + counts.failed + counts.rejected;
    return sum + Object.keys(entries).length + Object.keys(claims).length + ended;
  }, 0);
}

describe('laws of the plan for tasks (SPEC §9)', () => {
  it('4: names a task, an attempt and a session in one action at most', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const names = plan(given).actions.flatMap(namesOf);
        expect(new Set(names).size).toBe(names.length);
      }),
      RUNS,
    );
  });

  it('4: opens no conversation that is not known, nor one that another attempt has', () => {
    fc.assert(
      fc.property(arbInput, fc.boolean(), (drawn, choosesConversation) => {
        const traits = Object.entries(drawn.agents);
        const agents = Object.fromEntries(
          traits.map(([name, each]) => [name, { ...each, choosesConversation }]),
        );
        const given = { ...drawn, agents };
        const { actions, diagnostics } = plan(given);
        expect(diagnostics.filter(({ code }) => code === 'guard')).toEqual([]);
        for (const { effect } of actions) {
          if (effect.type === 'task.start') {
            expect(effect.launch.conversation === null).toBe(choosesConversation);
          }
          if (effect.type !== 'session.relaunch') continue;
          const others = Object.entries(given.observed.runs).filter(([each]) => each !== effect.attempt);
          const taken = others.map(([, { record }]) => (record.ok ? record.value?.conversation : null));
          expect(effect.launch.conversation).not.toBe(null);
          expect(taken).not.toContain(effect.launch.conversation);
        }
      }),
      RUNS,
    );
  });

  it('4: gives a task to a free session of the pool of its inbox, rested, and with nobody at it', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { desired, observed: look, suspensions } = given;
        for (const { effect } of starts(given)) {
          const { name, stamp, panes, typedAt, contradictedBy } = sessionOf(look, effect.session.id);
          const pool = desired.pools[desired.inboxes[effect.claim.inbox]?.pool ?? ''];
          const names = Array.from({ length: pool?.max ?? 0 }, (_, i) => {
            return `${pool?.prefix ?? ''}${String((pool?.startIndex ?? 0) + i)}`;
          });
          expect(names).toContain(name);
          expect(Object.keys(desired.dedicated)).not.toContain(name);
          expect(stamp).toMatchObject({ owner: desired.name, kind: 'pool', work: null });
          expect(contradictedBy).toBe(null);
          expect(Object.values(panes)).toMatchObject([{ dead: false, pid: stamp?.pid, inMode: false }]);
          expect(look.at - (typedAt ?? 0)).toBeGreaterThanOrEqual(MINUTE);
          expect(look.at - (stamp?.freedAt ?? 0)).toBeGreaterThanOrEqual(pool?.cooldownMs ?? Infinity);
          const held = suspensions.ok ? Object.keys(suspensions.value) : ['*'];
          for (const key of ['*', `session/${name}`, `inbox/${effect.claim.inbox}`]) {
            expect(held).not.toContain(key);
          }
        }
      }),
      RUNS,
    );
  });

  it('4.3: starts no agent under an account that is not active, intact and known to have quota', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { accounts, activeAccounts, sharedState } = given.desired;
        const { paths, directories, at } = given.observed;
        const textAt = (path: string): string | null => {
          const there = paths[path];
          return there?.ok === true && there.value.type === 'link' ? there.value.target : null;
        };
        for (const { effect } of starts(given)) {
          const { launch, record } = effect;
          if (record.account === null) {
            expect(Object.values(accounts).map(({ agent }) => agent)).not.toContain(launch.agent);
            continue;
          }
          const home = accounts[record.account]?.home ?? '';
          expect(directories[home]).toEqual({ ok: true, value: { type: 'present', real: launch.home } });
          const link = activeAccounts[launch.agent]?.link ?? null;
          const users = given.observed.linkUsers[launch.agent];
          const isHeld = users?.ok !== true || users.value.length > 0;
          // While live agents hold the link, ours go to the account that is to be next (SPEC §4.4).
          if (link !== null && !isHeld) expect(textAt(link)).toBe(home);
          for (const entry of sharedState?.entries[launch.agent] ?? []) {
            const to = `${sharedState?.root ?? ''}/${entry}`;
            expect(textAt(`${home}/${entry}`)).toBe(to);
            expect(directories[to]).toMatchObject({ ok: true, value: { type: 'present' } });
          }
          const until = given.exhaustedUntil.ok ? given.exhaustedUntil.value : {};
          expect(until[record.account] ?? 0).toBeLessThanOrEqual(at);
        }
      }),
      RUNS,
    );
  });

  it('3: keeps every file in one place, after each step of each action', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        let look = given.observed;
        for (const action of plan(given).actions) {
          for (const step of stepsOf(action)) {
            const before = fileCount(look);
            look = step(look);
            expect(fileCount(look)).toBe(before);
          }
        }
      }),
      RUNS,
    );
  });

  it('11: rests nothing about tasks on what could not be read', () => {
    fc.assert(
      fc.property(arbInput, (given) => {
        const { observed: look } = given;
        const isAboutRuns = ({ type }: Action) =>
          type === 'agent.stop' || type === 'session.relaunch' || type.startsWith('task.');
        for (const action of plan(given).actions.filter(isAboutRuns)) {
          if (action.type !== 'task.reject') expect(look.tmux.ok).toBe(true);
          const inbox = action.target.startsWith('task/') ? action.target.split('/')[1] : undefined;
          if (inbox !== undefined) expect(look.inboxes[inbox]?.ok).toBe(true);
          if (action.type === 'task.start') {
            const asked = Object.entries(look.directories).filter(
              ([, each]) =>
                each.ok && each.value.type === 'present' && each.value.real === action.effect.launch.cwd,
            );
            expect(asked).not.toEqual([]);
          }
          if (action.type === 'session.relaunch' || action.type === 'agent.stop') {
            expect(look.runs[action.effect.attempt]?.record).toMatchObject({ ok: true });
          }
        }
      }),
      RUNS,
    );
  });

  it('11: lets an agent be of which nothing is known but that it lives', () => {
    fc.assert(
      fc.property(arbInput, (drawn) => {
        const runs = Object.entries(drawn.observed.runs).map(([attempt, run]) => {
          const record = run.record.ok && run.record.value !== null ? run.record.value : null;
          const young = { startedAt: drawn.observed.at, launchedAt: drawn.observed.at, end: null };
          const fresh = record === null ? run.record : { ok: true as const, value: { ...record, ...young } };
          return [attempt, { ...run, record: fresh, word: null, facts: NO_FACTS }] as const;
        });
        const given = { ...drawn, observed: { ...drawn.observed, runs: Object.fromEntries(runs) } };
        const named = plan(given).actions.flatMap(namesOf);
        for (const [attempt, { claim, agent }] of runs) {
          if (claim === null || agent?.alive !== true) continue;
          // Whose pane is dead or gone, nobody can reach: that is known of it.
          const carrier = carrierOf(given.observed, attempt);
          if (carrier?.panes[carrier.stamp?.pane ?? '']?.pid !== carrier?.stamp?.pid) continue;
          if (carrier?.panes[carrier.stamp?.pane ?? '']?.dead !== false) continue;
          expect(named).not.toContain(`attempt ${attempt}`);
          expect(named.filter((name) => name.includes(claim.file))).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('8: comes to rest in a few looks while nothing moves by itself', () => {
    fc.assert(
      fc.property(arbCalmInput, (given) => {
        let look = given.observed;
        for (let looks = 0; looks < 8; looks += 1) {
          const { actions } = plan({ ...given, observed: look });
          if (actions.length === 0) return;
          look = actions.reduce(simulate, later(look));
        }
        expect(plan({ ...given, observed: look }).actions.map(({ type, target }) => [type, target])).toEqual(
          [],
        );
      }),
      RUNS,
    );
  });

  it('9: needs each of its actions', () => {
    fc.assert(
      fc.property(arbCalmInput, (given) => {
        const { actions } = plan(given);
        const now = later(given.observed);
        for (const left of actions) {
          // An account is activated for its links' sake: without one of them it has to wait with it.
          const doable = actions.filter(
            (each) => each !== left && (left.type !== 'link.create' || each.type !== 'account.activate'),
          );
          const then = plan({ ...given, observed: doable.reduce(simulate, now) });
          expect(then.converged).toBe(false);
          // What came back to its inbox meanwhile may be before it in the line, or need the session that was too many;
          // and a session that was taken back serves the task that another was to be made for.
          if (left.type === 'task.start' || left.type === 'session.stop') continue;
          if (left.reason === 'tasks-waiting') continue;
          expect(then.actions.map(({ target }) => target)).toContain(left.target);
        }
      }),
      { numRuns: often(100, 1000) },
    );
  });
});

/** The same world a moment later: no attempt has the id of another. */
function later(look: Observed): Observed {
  const at = look.at + 1;
  return { ...look, at, nonce: at.toString(16).padStart(32, '0') };
}
