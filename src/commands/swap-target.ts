import type { DesiredState } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import { didYouMean } from '../model/suggest.ts';
import { EXIT } from '../model/words.ts';
import { activeAccount } from '../plan/active-account.ts';
import { unusable } from '../plan/unusable.ts';
import { Stop } from './stop.ts';

/** Ends with 4 where the file declares no account of that name. */
export function requireAccount(desired: DesiredState, name: string): void {
  if (Object.hasOwn(desired.accounts, name)) return;
  const meant = didYouMean(name, Object.keys(desired.accounts));
  const help = meant === null ? '' : `; ${meant}`;
  throw new Stop(EXIT.noSuchThing, `there is no account ${name} in fleet ${desired.name}${help}`);
}

/**
 * The first account after the active one, in the order of the file and round again, that can take over. Ends with 64
 * where several agents have accounts to choose from, 4 where there is none to choose, 5 where none can take over.
 */
export function nextAccount(input: PlanInput): string {
  const { activeAccounts, name } = input.desired;
  const choices = Object.entries(activeAccounts).filter(([, { prefer }]) => prefer.length > 1);
  const [only, second] = choices;
  if (only === undefined) throw new Stop(EXIT.noSuchThing, `fleet ${name} has no second account to swap to`);
  if (second !== undefined) {
    const agents = choices.map(([agent]) => agent).join(' and ');
    throw new Stop(EXIT.usage, `--to ACCOUNT says which: ${agents} have several accounts each`);
  }
  const [agent, { prefer }] = only;
  const active = activeAccount(input, agent);
  const at = active === null ? -1 : prefer.indexOf(active);
  const others = [...prefer.slice(at + 1), ...prefer.slice(0, Math.max(at, 0))];
  const next = others.find((account) => unusable(input, account).length === 0);
  if (next !== undefined) return next;
  const each = others.map((account) => `  ${account}: ${unusable(input, account).join('; ')}`);
  throw new Stop(EXIT.refused, `no other account can take over:\n${each.join('\n')}`);
}

/** Why an account cannot be made the active one now, in words. */
export function whyNot(input: PlanInput, plan: Plan, to: string): string {
  const agent = input.desired.accounts[to]?.agent ?? '';
  const against = unusable(input, to);
  if (against.length > 0) return against.join('; ');
  const held = plan.withheld.find(
    ({ type, target }) => type === 'account.activate' && target === `account/${to}`,
  );
  const problem = plan.diagnostics.find(({ target }) => target === `link/${agent}`);
  const help = problem?.help == null ? '' : `\n${problem.help}`;
  if (held !== undefined) return `${held.because} (${held.reason})${help}`;
  if (problem !== undefined) return `${problem.detail}${help}`;
  const guard = plan.diagnostics.find(({ code }) => code === 'guard');
  if (guard !== undefined) return guard.detail;
  return `the file declares no active link for ${agent}: activeAccount.link`;
}
