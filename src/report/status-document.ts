import type { Suspensions } from '../model/memory.ts';
import type { AccountStatus, Status } from '../model/status.ts';
import { API_VERSION } from './json.ts';
import { diagnosticDocument } from './plan-document.ts';
import { iso } from './time.ts';

/** The status as published (SPEC §8), times in ISO 8601; the keys of the contract first, ours after them. */
export function statusDocument(status: Status) {
  return {
    apiVersion: API_VERSION,
    kind: 'Status',
    fleet: status.fleet,
    phase: status.phase,
    loop: {
      running: status.loop.running,
      pid: status.loop.pid,
      since: iso(status.loop.since),
      lastCycleAt: iso(status.loop.lastCycleAt),
    },
    accounts: mapped(status.accounts, accountDocument),
    sessions: mapped(
      status.sessions,
      ({ kind, state, account, task, conversation, pool, owned, since, attached, note }) => ({
        kind,
        state,
        account,
        task,
        conversation,
        pool,
        owned,
        since: iso(since),
        attached,
        note,
      }),
    ),
    inboxes: mapped(status.inboxes, ({ waiting, running, parked, done, failed, rejected }) => ({
      waiting,
      running,
      parked,
      done,
      failed,
      rejected,
    })),
    diagnostics: status.diagnostics.map(diagnosticDocument),
    file: status.file,
    observedAt: iso(status.observedAt),
    pools: mapped(status.pools, ({ min, max, alive, free }) => ({ min, max, alive, free })),
    suspensions: suspensionsDocument(status.suspensions),
    blockedUntil: iso(status.blockedUntil),
    parked: mapped(status.parked, ({ session, account, conversation, until, why }) => ({
      session,
      account,
      conversation,
      until: iso(until),
      why,
    })),
    pending: { actions: status.pending.actions, withheld: status.pending.withheld },
  } as const;
}

function accountDocument(account: AccountStatus) {
  const { active, exhaustedUntil, links, agent, home, exhaustion, suspicion, used } = account;
  return {
    active,
    exhaustedUntil: iso(exhaustedUntil),
    links,
    agent,
    home,
    exhaustion:
      exhaustion === null
        ? null
        : {
            since: iso(exhaustion.since),
            source: exhaustion.source,
            confidence: exhaustion.confidence,
            session: exhaustion.session,
            rule: exhaustion.rule,
          },
    suspicion: suspicion === null ? null : { since: iso(suspicion.since), looks: suspicion.looks },
    used: mapped(used, ({ percent, resetsAt, at }) => ({ percent, resetsAt: iso(resetsAt), at: iso(at) })),
  };
}

function suspensionsDocument(suspensions: Suspensions) {
  return mapped(suspensions, ({ since, until, reason, by }) => ({
    since: iso(since),
    until: iso(until),
    reason,
    by,
  }));
}

function mapped<T, U>(things: Readonly<Record<string, T>>, to: (thing: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, to(thing)]));
}
