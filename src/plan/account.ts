import type { ActiveAccountSpec } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import { activeLink } from './active-link.ts';
import type { Draft, Hold } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { entriesOf } from './order.ts';
import { shellWord } from './paths.ts';
import { usableAccounts } from './usable.ts';
import { type WantedAccount, wantedAccount } from './wanted-account.ts';

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
        const missing = {
          account: wanted,
          reason: 'missing',
          because: 'the active link is not ours to make',
        } as const;
        withheld.push(withhold(activation(input, agent, spec, missing, null), active.hold));
      }
      continue;
    }
    const now = active.type === 'account' ? active.account : null;
    current[agent] = now;
    target[agent] = now;
    const wanted = wantedAccount(input, agent, spec, now);
    if (wanted === null || wanted.account === now) continue;
    const text = active.type === 'account' ? active.text : null;
    const action = activation(input, agent, spec, wanted, text);
    const hold = activationHold(input, agent, wanted, now);
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      if (hold.reason === 'link-in-use') diagnostics.push(inUse(agent, hold));
      continue;
    }
    target[agent] = wanted.account;
    actions[`/accounts/${pointerStep(agent)}`] = action;
  }
  return { current: { accounts: current }, target: { accounts: target }, actions, withheld, diagnostics };
}

/** Why the active account may not be moved now; null: nothing is against it. */
export function activationHold(
  input: PlanInput,
  agent: string,
  wanted: WantedAccount,
  now: string | null,
): Hold | null {
  return firstHold(
    suspended(input, [`account/${wanted.account}`]),
    wanted.hold,
    now === null ? null : linkInUse(input, agent),
    backingOff(input, `account/${wanted.account}`),
  );
}

function activation(
  input: PlanInput,
  agent: string,
  spec: ActiveAccountSpec,
  { account, reason, because }: Omit<WantedAccount, 'hold'>,
  from: string | null,
): ActionOf<'account.activate'> {
  const { sources, accounts } = input.desired;
  return {
    type: 'account.activate',
    target: `account/${account}`,
    reason,
    because,
    source: sourceOf(sources, '/activeAccount/link'),
    disrupts: false,
    effect: {
      type: 'account.activate',
      agent,
      link: spec.link ?? '',
      home: accounts[account]?.home ?? '',
      from,
    },
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

function inUse(agent: string, { because }: Hold): Diagnostic {
  return {
    severity: 'warning',
    code: 'link-in-use',
    target: `link/${agent}`,
    summary: 'The active link cannot be moved under a live agent',
    detail: `${because}. Moving it would send their refreshed logins into the other home.`,
    help: 'End those agents, or start them with: eval "$(rollcall env)"',
  };
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
