import type { ActiveAccountSpec } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { Reason } from '../model/words.ts';
import type { Draft, Hold } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { draftLinks, sharedLinks } from './link.ts';
import { entriesOf } from './order.ts';
import { leadsTo, shellWord } from './paths.ts';

/** Whether an account's shared links let an agent work under it. */
export type LinksState = 'intact' | 'missing' | 'diverged' | 'unknown';

/** What an agent's active link shows. */
export type ActiveLink =
  | { readonly type: 'undeclared' }
  | { readonly type: 'absent' }
  | { readonly type: 'account'; readonly account: string; readonly text: string }
  /** It is not a link of ours, or could not be read: reported, never replaced. */
  | { readonly type: 'stuck'; readonly diagnostic: Diagnostic; readonly hold: Hold };

/** The active link of each agent made, and moved where the file's preference asks for it and nothing forbids. */
export function draftAccounts(input: PlanInput): Draft<'accounts'> {
  const current: Record<string, string | null> = {};
  const target: Record<string, string | null> = {};
  const actions: Record<string, ActionOf<'account.activate'>> = {};
  const withheld: Withheld[] = [];
  const diagnostics: Diagnostic[] = [...homesMissing(input)];
  for (const [agent, spec] of entriesOf(input.desired.activeAccounts)) {
    const usable = usableAccounts(input, spec);
    if (usable.length === 0 && spec.prefer.length > 0) diagnostics.push(noneUsable(agent, spec));
    const active = activeLink(input, agent);
    if (active.type === 'undeclared') continue;
    if (active.type === 'stuck') {
      diagnostics.push(active.diagnostic);
      const wanted = usable[0];
      if (wanted !== undefined) {
        withheld.push(withhold(activation(input, agent, spec, wanted, null, 'missing'), active.hold));
      }
      continue;
    }
    const now = active.type === 'account' ? active.account : null;
    current[agent] = now;
    target[agent] = now;
    const wanted = wantedAccount(spec, usable, now);
    if (wanted === null || wanted === now) continue;
    const text = active.type === 'account' ? active.text : null;
    const action = activation(input, agent, spec, wanted, text, now === null ? 'missing' : 'preferred');
    const hold = firstHold(
      suspended(input, [`account/${wanted}`]),
      now === null ? null : linkInUse(input, agent),
      backingOff(input, `account/${wanted}`),
    );
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    target[agent] = wanted;
    actions[`/accounts/${pointerStep(agent)}`] = action;
  }
  return { current: { accounts: current }, target: { accounts: target }, actions, withheld, diagnostics };
}

/** What the shared links of an account add up to. */
export function linksOf(input: PlanInput, account: string): LinksState {
  const states = sharedLinks(input)
    .filter((link) => link.account === account)
    .map(({ state }) => state);
  if (states.some((state) => state.type === 'stuck' && state.hold.reason === 'unreadable')) return 'unknown';
  if (states.some((state) => state.type === 'stuck' && state.hold.reason === 'link-diverged'))
    return 'diverged';
  return states.every((state) => state.type === 'intact') ? 'intact' : 'missing';
}

/** What stands at the agent's active link. */
export function activeLink(input: PlanInput, agent: string): ActiveLink {
  const { desired, observed } = input;
  const path = desired.activeAccounts[agent]?.link ?? null;
  if (path === null) return { type: 'undeclared' };
  const target = `link/${agent}`;
  const reading = observed.paths[path];
  if (reading === undefined || !reading.ok) {
    const detail = reading?.diagnostic.detail ?? `${path} was not looked at`;
    return stuck('link-unreadable', target, 'A link could not be looked at', detail, null);
  }
  const there = reading.value;
  if (there.type === 'absent') return { type: 'absent' };
  if (there.type !== 'link') {
    const detail = `${path} is a ${there.type === 'directory' ? 'folder' : there.type}, not the active link; it may hold data`;
    const help = `rollcall init  (explains how to turn it into an account's home, and undo it)`;
    return stuck('link-blocked', target, 'Something stands where a link belongs', detail, help);
  }
  const found = entriesOf(desired.accounts).find(
    ([, { agent: of, home }]) => of === agent && leadsTo(observed, path, there, home),
  );
  if (found !== undefined) return { type: 'account', account: found[0], text: there.target };
  const detail = `${path} points to ${there.target}, which is no declared home`;
  const help = `rm ${shellWord(path)}  (only the link goes; Rollcall then makes the right one)`;
  return stuck('link-diverged', target, 'A link points elsewhere', detail, help);
}

function stuck(
  code: 'link-unreadable' | 'link-blocked' | 'link-diverged',
  target: string,
  summary: string,
  detail: string,
  help: string | null,
): ActiveLink {
  const reason = code === 'link-unreadable' ? 'unreadable' : 'link-diverged';
  const diagnostic: Diagnostic = { severity: 'error', code, target, summary, detail, help };
  return { type: 'stuck', diagnostic, hold: { reason, because: detail, until: null } };
}

/**
 * Accounts that can be worked under, most wanted first: not exhausted, their home there, and all their links
 * intact or made by this very plan, before the active link is touched.
 */
export function usableAccounts(input: PlanInput, spec: ActiveAccountSpec): readonly string[] {
  const { exhaustedUntil, observed, desired } = input;
  if (!exhaustedUntil.ok) return [];
  const stillMissing = new Set(draftLinks(input).withheld.map(({ target }) => target.split('/')[1]));
  return spec.prefer.filter((account) => {
    const home = observed.directories[desired.accounts[account]?.home ?? ''];
    if (home?.ok !== true || home.value.type !== 'present') return false;
    const until = exhaustedUntil.value[account] ?? null;
    return (until === null || until <= observed.at) && !stillMissing.has(account);
  });
}

function wantedAccount(
  spec: ActiveAccountSpec,
  usable: readonly string[],
  now: string | null,
): string | null {
  return now !== null && spec.select === 'sticky' ? now : (usable[0] ?? now);
}

function activation(
  input: PlanInput,
  agent: string,
  spec: ActiveAccountSpec,
  account: string,
  from: string | null,
  reason: Extract<Reason, 'missing' | 'preferred'>,
): ActionOf<'account.activate'> {
  const { sources, accounts } = input.desired;
  const link = spec.link ?? '';
  const because =
    reason === 'missing'
      ? `${link} does not exist; ${account} is the first of ${spec.prefer.join(', ')} that can be worked under`
      : `${account} comes before the active account and can be worked under again`;
  return {
    type: 'account.activate',
    target: `account/${account}`,
    reason,
    because,
    source: sourceOf(sources, '/activeAccount/link'),
    disrupts: false,
    effect: { type: 'account.activate', agent, link, home: accounts[account]?.home ?? '', from },
  };
}

function linkInUse(input: PlanInput, agent: string): Hold | null {
  const users = input.observed.linkUsers[agent];
  if (users === undefined || !users.ok) {
    const because = users?.diagnostic.detail ?? 'who uses the link was not looked at';
    return { reason: 'unreadable', because, until: null };
  }
  if (users.value.length === 0) return null;
  const who = users.value.map(({ pid, command }) => `${command} (pid ${String(pid)})`).join(', ');
  return { reason: 'link-in-use', because: `live agents reach their home through it: ${who}`, until: null };
}

function homesMissing(input: PlanInput): readonly Diagnostic[] {
  return entriesOf(input.desired.accounts).flatMap(([account, { home }]) => {
    const reading = input.observed.directories[home];
    if (reading === undefined) return [];
    if (!reading.ok) return [reading.diagnostic];
    if (reading.value.type === 'present') return [];
    const absent = reading.value.type === 'absent';
    const diagnostic: Diagnostic = {
      severity: 'error',
      code: absent ? 'home-missing' : 'home-not-a-directory',
      target: `account/${account}`,
      summary: absent ? "An account's home does not exist" : "An account's home is not a folder",
      detail: `${account}: ${home}. Nothing is started under this account.`,
      help: absent
        ? `mkdir -m 700 ${shellWord(home)}  (Rollcall then makes its links; log in afterwards)`
        : null,
    };
    return [diagnostic];
  });
}

function noneUsable(agent: string, spec: ActiveAccountSpec): Diagnostic {
  return {
    severity: 'error',
    code: 'account-none-usable',
    target: `agent/${agent}`,
    summary: 'No account is left to work under',
    detail: `None of ${spec.prefer.join(', ')} has a home with all its links, and quota.`,
    help: 'rollcall why account/NAME tells of each',
  };
}
