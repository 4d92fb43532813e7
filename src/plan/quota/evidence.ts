import type { DesiredState } from '../../model/desired.ts';
import type { Memory } from '../../model/memory.ts';
import type { Observed } from '../../model/observed.ts';
import type { AccountEvidence } from '../../model/quota.ts';
import type { AgentFacts } from '../../model/run.ts';
import { naturally } from '../order.ts';
import { isRecalled } from '../recalled.ts';

/**
 * What the agents that live show about their accounts now: at most one observation for each, its own records before
 * its screen. Nothing from before its last start counts, nor anything said of an account it was not started under.
 */
export function accountEvidence(
  desired: DesiredState,
  observed: Observed,
  memory: Memory,
): readonly AccountEvidence[] {
  const pool = Object.entries(observed.runs).flatMap(([attempt, { record, facts: all, agent }]) => {
    if (!record.ok || record.value?.account == null || record.value.parkedUntil !== null) return [];
    const { account, session, launchedAt } = record.value;
    // What a pane still shows when its agent has ended may be of the start before this one.
    const facts = agent?.alive === true ? all : { ...all, screen: null };
    const said = lastWord(facts, launchedAt, memory.screens[attempt]?.since ?? null, observed.at);
    return said === null ? [] : [{ ...said, account, session, kind: 'pool' as const }];
  });
  const dedicated = Object.entries(observed.operators).flatMap(([session, agents]) =>
    agents.flatMap(({ account, facts, startedAt }) => {
      if (account === null || !Object.hasOwn(desired.accounts, account)) return [];
      const said = lastWord(
        facts,
        startedAt ?? 0,
        memory.screens[`session/${session}`]?.since ?? null,
        observed.at,
      );
      return said === null ? [] : [{ ...said, account, session, kind: 'dedicated' as const }];
    }),
  );
  return [...pool, ...dedicated].toSorted((a, b) => b.at - a.at || naturally(a.session, b.session));
}

type Said = Omit<AccountEvidence, 'account' | 'session' | 'kind'>;

/** What an agent said last of its quota since its last start; null: nothing tells. */
export function lastWord(
  facts: AgentFacts,
  since: number,
  screenSince: number | null,
  now: number,
): Said | null {
  // The clock was put back: what is from before its start cannot be told from what is not.
  if (since > now) return null;
  const said =
    (asksAtLimit(facts) ? null : saidByRecords(facts, since)) ??
    (speaksOnlyOfBefore(facts, since) ? null : saidByScreen(facts, since, screenSince));
  const isPlausible = said?.resetsAt == null || said.resetsAt <= now + LONGEST_MS;
  return said === null || isPlausible ? said : { ...said, resetsAt: null };
}

/** No limit lasts longer than a week and a bit; what says so was read or written under another clock. */
export const LONGEST_MS = 8 * 86_400_000;

/** It keeps records and has written none since it was started: then its screen alone is no witness either. */
function speaksOnlyOfBefore({ hooks, transcript, registry }: AgentFacts, since: number): boolean {
  const times = [...hooks, transcript, registry].flatMap((each) => (each === null ? [] : [each.at]));
  return times.length > 0 && times.every((at) => at < since);
}

/**
 * A dialog of its own asks what is to be done about a limit, in the middle of a turn: an agent without hooks writes down
 * that the turn failed only when somebody has answered.
 */
function asksAtLimit({ hooks, registry, transcript, screen }: AgentFacts): boolean {
  const isOpen = hooks.length === 0 && registry?.status !== 'working' && transcript?.turn === 'open';
  return isOpen && screen?.verdict.dialog === 'limit-menu' && screen.verdict.evidence === 'quota';
}

/** A turn that failed, in the agent's own words. The transcript tells the end of a limit, the hook comes first. */
function saidByRecords({ hooks, transcript, registry }: AgentFacts, since: number): Said | null {
  const hook = hooks.findLast(
    ({ event, at }) => at >= since && ['prompted', 'turn-ended', 'turn-failed'].includes(event),
  );
  const told = transcript !== null && transcript.at >= since && transcript.turn !== null ? transcript : null;
  if (hook !== undefined && hook.event !== 'turn-failed' && !(told !== null && told.at > hook.at)) {
    // A turn that goes on, or ended well, is no evidence; and no screen says otherwise while it does.
    return none(hook.at, 'hook', hook.event);
  }
  if (told !== null && told.turn === 'failed' && told.error !== null) {
    const text = told.lastLines.join(' ');
    return {
      evidence: told.error,
      at: told.at,
      source: 'transcript',
      resetsAt: told.resetsAt,
      rule: told.error,
      text: cut(text),
    };
  }
  if (hook?.event === 'turn-failed' && hook.error !== null) {
    return {
      evidence: hook.error,
      at: hook.at,
      source: 'hook',
      resetsAt: hook.resetsAt ?? null,
      rule: hook.error,
      text: cut(hook.text ?? ''),
    };
  }
  if (told !== null && told.turn !== 'failed') return none(told.at, 'transcript', told.turn ?? 'open');
  // At work by its own word: what its screen shows is what it works on.
  return registry?.status === 'working' ? none(registry.at, 'transcript', 'working') : null;
}

/** Only where no records tell of the turn. */
function saidByScreen(facts: AgentFacts, since: number, shownSince: number | null): Said | null {
  const { screen } = facts;
  if (screen === null || screen.verdict.evidence === null || isRecalled(facts)) return null;
  const { evidence, resetsAt, rule } = screen.verdict;
  // A screen may show for hours what was said once: it says it from when it first looked like this, in this pane.
  const at = Math.max(shownSince ?? screen.at, since);
  return { evidence, at, source: 'screen', resetsAt, rule, text: cut(screen.lastLines.join(' ')) };
}

function none(at: number, source: Said['source'], rule: string): Said {
  return { evidence: 'none', at, source, resetsAt: null, rule, text: '' };
}

function cut(text: string): string {
  return text.slice(0, 120);
}
