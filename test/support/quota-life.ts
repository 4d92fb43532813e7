import { afterSwaps, withSwaps } from '../../src/loop/swaps.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { Observed } from '../../src/model/observed.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { Action, ActionOf, Plan } from '../../src/model/plan.ts';
import type { Swap } from '../../src/model/quota.ts';
import { read } from '../../src/model/reading.ts';
import { acceptable } from '../../src/plan/mass-removal.ts';
import { plan } from '../../src/plan/plan.ts';
import { quotaAfter } from '../../src/plan/quota/verdict.ts';
import { screensAfter } from '../../src/plan/screens.ts';
import type { Luck } from './evolve.ts';
import { input } from './fleet.ts';
import { evolveQuota, type Truth } from './quota-evolve.ts';
import { homeOf, LINK } from './quota-fleet.ts';
import { stepsOf } from './simulate.ts';
import { inboxNamed } from './world.ts';

type Activation = ActionOf<'account.activate'>;

/** A swap as it was made, and what the world then was. */
export interface MadeSwap {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly at: number;
}

/** A fleet that lives on, with the product's own verdicts, plans and memory; throws where a promise is broken. */
export class QuotaLife {
  look: Observed;
  state: DesiredState;
  memory: Memory;
  truth: Truth;
  swapTo: string | null = null;
  /** Everything that was done, as `type target reason`. */
  readonly done: string[] = [];
  readonly swaps: MadeSwap[] = [];
  /** Time that has passed by the clock, for jumps back count nothing. */
  private elapsed = 0;
  /** What an observer knows who forgets what the loop forgets. */
  private made: { readonly elapsed: number; readonly byHand: boolean }[] = [];
  private told: Record<string, number> = {};
  private fresh = new Set<string>();
  private excused = false;

  constructor(state: DesiredState, look: Observed, truth: Truth) {
    this.state = state;
    this.look = look;
    this.truth = truth;
    this.memory = { ...NO_MEMORY, accepted: acceptable(state) };
  }

  /** Time passes, by the wall clock `jump` more or less than that. */
  passes(ms: number, luck: Luck, jump = 0): void {
    const { look, refusals } = evolveQuota(this.look, this.look.at + ms + jump, luck, this.truth);
    this.look = look;
    this.elapsed += Math.max(0, ms + jump);
    for (const { account } of refusals) this.fresh.add(account);
    this.mustHold();
  }

  /** What the loop would plan now, with all that it remembers. */
  planned(): { readonly given: PlanInput; readonly plan: Plan } {
    const seen = { ...this.memory, screens: screensAfter(this.look, this.memory) };
    const { quota } = quotaAfter(this.state, this.look, seen);
    const until = Object.entries(quota.accounts).map(([account, known]) => [account, known.exhaustedUntil]);
    const given = input(this.state, this.look, {
      memory: { ...seen, quota },
      exhaustedUntil: read(Object.fromEntries(until)),
      massRemovalConfirmed: true,
      swapTo: this.swapTo,
    });
    return { given, plan: plan(given) };
  }

  /** One cycle, which may die after so many steps: what was written down is there, what was not is not. */
  cycle(stepsToLive = Infinity): readonly Action[] {
    const { given, plan: made } = this.planned();
    const refused = made.diagnostics.find(({ code }) => code === 'guard');
    if (refused !== undefined) throw new Error(`the guard refused the plan: ${refused.detail}`);
    this.rememberTold();
    const { at } = this.look;
    this.memory = withSwaps(given.memory, made.actions, at);
    let left = stepsToLive;
    for (const action of made.actions) {
      for (const step of stepsOf(action)) {
        if (left <= 0) return made.actions;
        left -= 1;
        if (action.type === 'account.activate') this.maySwap(action);
        this.look = step(this.look);
        this.mustHold();
      }
      this.done.push(`${action.type} ${action.target} ${action.reason}`);
    }
    const results = made.actions.map(({ type, target }) => {
      return { type, target, outcome: 'applied', text: null, tookMs: 1 } as const;
    });
    this.memory = afterSwaps(this.memory, results, made.actions, at);
    return made.actions;
  }

  /** An agent under an account was refused, whoever showed it. */
  saw(account: string): void {
    this.fresh.add(account);
  }

  /** The state folder is gone, and with it what nobody can see. */
  forgets(): void {
    this.memory = { ...NO_MEMORY, accepted: acceptable(this.state) };
    this.made = [];
    this.told = {};
    this.excused = true;
  }

  /** An operator moves the link. */
  moveLink(account: string): void {
    const home = homeOf(account);
    const paths = {
      ...this.look.paths,
      [LINK]: read({ type: 'link', target: home, resolved: home } as const),
    };
    this.look = { ...this.look, paths };
    this.excused = true;
    // Moved before anybody saw what became of the last swap: then nothing tells that it was made.
    if (this.remembered().at(-1)?.made === false) this.made.pop();
  }

  active(): string | null {
    const there = this.look.paths[LINK];
    const text = there?.ok === true && there.value.type === 'link' ? there.value.target : null;
    return Object.keys(this.state.accounts).find((account) => homeOf(account) === text) ?? null;
  }

  /** How many task files are where. */
  counts(): Readonly<Record<'waiting' | 'claimed' | 'done' | 'failed', number>> {
    const { entries, claims, counts } = inboxNamed(this.look, 'sec');
    return {
      waiting: Object.keys(entries).length,
      claimed: Object.keys(claims).length,
      done: counts.done,
      failed: counts.failed,
    };
  }

  remembered(): readonly Swap[] {
    return this.memory.quota.swaps;
  }

  /** What every agent was told by its own records, while it was not parked, of limits that last. */
  private rememberTold(): void {
    for (const { record, facts } of Object.values(this.look.runs)) {
      const own = record.ok ? record.value : null;
      const resetsAt = facts.transcript?.resetsAt ?? null;
      if (own?.account == null || own.parkedUntil !== null || resetsAt === null) continue;
      if (this.state.accounts[own.account] === undefined) continue;
      if (facts.transcript?.error !== 'quota' || facts.transcript.at < own.launchedAt) continue;
      if (facts.hooks.some(({ event, at }) => event === 'prompted' && at >= own.launchedAt)) continue;
      if (this.swaps.some(({ at }) => at >= (facts.transcript?.at ?? 0))) continue;
      this.told[own.account] = Math.max(this.told[own.account] ?? 0, resetsAt);
    }
  }

  /** What SPEC §6.6 and §6.7 promise of each swap. */
  private maySwap({ target, reason, effect }: Activation): void {
    if (effect.from === null) return;
    const to = target.slice('account/'.length);
    const from = this.active() ?? 'none';
    const { at } = this.look;
    const { cooldownMs, maxSwaps } = this.state.quota;
    const broken = (what: string): never => {
      throw new Error(`a swap from ${from} to ${to} (${reason}) ${what}`);
    };
    const home = this.look.directories[homeOf(to)];
    if (this.state.accounts[to] === undefined) broken('to an account that is not declared');
    if (home?.ok !== true || home.value.type !== 'present') broken('to an account without a home');
    if (this.isBroken(to)) broken('to an account with broken links');
    if ((this.told[to] ?? 0) > at) broken('to an account that is exhausted');
    const byHand = reason === 'by-hand';
    const last = this.made.at(-1);
    if (!byHand && last !== undefined && this.elapsed - last.elapsed < cooldownMs)
      broken('within the cooldown');
    const recent = this.made.filter((each) => !each.byHand && this.elapsed - each.elapsed < maxSwaps.perMs);
    if (!byHand && recent.length >= maxSwaps.count) broken('beyond maxSwaps');
    if (reason === 'exhausted' && !this.excused && !this.fresh.has(from)) broken('that no refusal asked for');
    this.made.push({ elapsed: this.elapsed, byHand });
    this.swaps.push({ from, to, reason, at });
    this.fresh = new Set();
    this.excused = false;
  }

  isBroken(account: string): boolean {
    const entries = this.state.sharedState?.entries['claude'] ?? [];
    return entries.some((entry) => {
      const there = this.look.paths[`${homeOf(account)}/${entry}`];
      const right = `${this.state.sharedState?.root ?? ''}/${entry}`;
      return there?.ok !== true || there.value.type !== 'link' || there.value.target !== right;
    });
  }

  private mustHold(): void {
    const living = Object.values(this.look.runs).flatMap(({ agent, record }) =>
      agent?.alive === true && record.ok && record.value !== null ? [record.value.conversation] : [],
    );
    if (new Set(living).size !== living.length) throw new Error('two agents for one conversation');
    const begun = Object.values(this.look.runs).filter(
      ({ agent, spec }) => agent?.alive === true && spec === 'waiting',
    );
    if (begun.length > 0) throw new Error('an agent is to be started beside one that lives');
  }
}
