import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import type { AccountStatus, ParkedStatus } from '../model/status.ts';
import { entriesOf } from './order.ts';
import { activeAccount } from './active-account.ts';
import { linksOf } from './usable.ts';
import { exhaustedUntil } from './wanted-account.ts';

/** Every declared account, with what is known of its quota; no words of a screen. */
export function accountStatuses(input: PlanInput): Readonly<Record<string, AccountStatus>> {
  return Object.fromEntries(
    entriesOf(input.desired.accounts).map(([account, { agent, home }]) => {
      const until = exhaustedUntil(input, account);
      const { because = null, suspicion = null, used = {} } = input.memory.quota.accounts[account] ?? {};
      const status: AccountStatus = {
        agent,
        home,
        active: activeAccount(input, agent) === account,
        exhaustedUntil: until,
        links: linksOf(input, account),
        exhaustion: until === null || because === null ? null : withoutText(because),
        suspicion: suspicion === null ? null : { since: suspicion.since, looks: suspicion.looks },
        used,
      };
      return [account, status];
    }),
  );
}

/** Every task that waits for quota, and when it goes on. */
export function parkedStatuses(input: PlanInput, plan: Plan): Readonly<Record<string, ParkedStatus>> {
  const now = input.observed.at;
  return Object.fromEntries(
    entriesOf(input.observed.runs).flatMap(([attempt, { record, claim }]) => {
      if (!record.ok || record.value === null || claim === null) return [];
      const { inbox, id, session, account, conversation, parkedUntil } = record.value;
      if (parkedUntil === null) return [];
      const goesOn = plan.actions.find(
        (each) => each.type === 'session.relaunch' && each.effect.attempt === attempt,
      );
      const held = plan.withheld.find(
        ({ type, target }) => type === 'session.relaunch' && target === `session/${session}`,
      );
      const until = held?.until ?? (parkedUntil > now ? parkedUntil : null);
      const status: ParkedStatus = {
        session,
        account,
        conversation,
        until: goesOn === undefined ? until : null,
        why: goesOn?.because ?? held?.because ?? null,
      };
      return [[`task/${inbox}/${id}`, status] as const];
    }),
  );
}

function withoutText({
  since,
  source,
  confidence,
  session,
  rule,
}: NonNullable<AccountStatus['exhaustion']>): AccountStatus['exhaustion'] {
  return { since, source, confidence, session, rule };
}
