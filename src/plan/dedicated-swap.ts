import type { DedicatedAgent, StoppedNote } from '../model/dedicated-agent.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Action, ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep } from '../model/source.ts';
import { resumeCommand } from './dedicated-command.ts';
import { leftHold } from './dedicated-left.ts';
import { restHold } from './dedicated-rest.ts';
import { resumptions } from './dedicated-resume.ts';
import {
  notesFolder,
  type OperatorProposal,
  paneHold,
  resumableDedicated,
  sharedHold,
} from './dedicated-session.ts';
import { type Draft, type Hold, withhold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { turnHold } from './in-turn.ts';
import { launchAccount } from './launch-account.ts';
import { entriesOf } from './order.ts';
import { runsOf } from './runs.ts';
import { inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';
import { exhaustedUntil } from './wanted-account.ts';

type Seen = Readonly<Record<string, Sighting>>;

/**
 * What becomes of the agents in dedicated sessions whose account has no quota left while another one has (SPEC
 * §6.10): with `onSwap: resume` they are ended and go on there, one after the other, behind the pool's first; of the
 * others it is said which command a person could run.
 */
export function draftDedicatedSwaps(
  input: PlanInput,
  seen: Seen | null,
  tasks: Pick<Draft<'tasks'>, 'actions' | 'withheld'>,
): Draft<'operators'> {
  if (seen === null) return drafted([], []);
  const going = resumptions(input, seen);
  const candidates = entriesOf(input.desired.dedicated).flatMap(
    ([name]) => candidateIn(input, seen, name) ?? [],
  );
  const proposals = candidates.flatMap(({ proposal }) => proposal ?? []);
  return drafted(
    [...going.proposals, ...oneByOne(input, seen, tasks, proposals)],
    [...going.diagnostics, ...candidates.flatMap(({ diagnostic }) => diagnostic ?? [])],
  );
}

function drafted(
  proposals: readonly OperatorProposal[],
  diagnostics: readonly Diagnostic[],
): Draft<'operators'> {
  const current: Record<string, string> = {};
  const target: Record<string, string> = {};
  const actions: Record<string, Action> = {};
  const withheld: Withheld[] = [];
  for (const { name, action, hold, how } of proposals) {
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    [current[name], target[name]] = how;
    actions[`/operators/${pointerStep(name)}`] = action;
  }
  return { current: { operators: current }, target: { operators: target }, actions, withheld, diagnostics };
}

interface Candidate {
  readonly proposal: OperatorProposal | null;
  readonly diagnostic: Diagnostic | null;
}

/** An agent whose account has no quota left, where another account could take it. */
function candidateIn(input: PlanInput, seen: Seen, name: string): Candidate | null {
  const spec = input.desired.dedicated[name];
  const agents = input.observed.operators[name] ?? [];
  const agent = agents.find(({ account }) => account !== null && exhaustedUntil(input, account) !== null);
  const sighting = seen[name];
  if (spec === undefined || agent?.account == null || sighting === undefined) return null;
  const next = launchAccount(input, agent.agent);
  if (!next.ok || next.account === null || next.home === null || next.account === agent.account) return null;
  const left = leftHold(input, spec, agents, agent, input.observed.stopped[name]);
  const { account } = agent;
  const because = `${account} has no quota left; its conversation goes on under ${next.account}`;
  const diagnostic =
    left === null || left.until !== null
      ? null
      : swapLeft(name, `${name} stays under ${account}, which has no quota left: ${left.because}`, {
          agent,
          home: next.home,
        });
  if (spec.onSwap === 'leave') return { proposal: null, diagnostic };
  const session = resumableDedicated(input, sighting, agent.pane, agent.panePid);
  const note = noteOf(input, name, agent, account);
  if (session === null || note === null) return { proposal: null, diagnostic };
  const target = `session/${name}`;
  const action: ActionOf<'dedicated.stop'> = {
    ...words(input.desired, target, 'exhausted', because, `/dedicated/${pointerStep(name)}`, true),
    type: 'dedicated.stop',
    effect: { type: 'dedicated.stop', session, note, folder: notesFolder(input) },
  };
  const hold = firstHold(
    suspended(input, [target]),
    left,
    inheritedHold(input),
    sharedHold(input, agent.pane),
    typingHold(input, sighting.session.typedAt),
    paneHold(sighting, agent.pane),
    restHold(agent, input.observed.at),
    backingOff(input, target),
  );
  return { proposal: { name, action, hold, how: ['without-quota', 'ended'] }, diagnostic };
}

/** What is written down of it before it is ended; null: too little is known of it. */
function noteOf(
  { observed }: PlanInput,
  session: string,
  { agent, pid, start, pane, panePid, place, conversation, cwd, homeVariable, commandLine }: DedicatedAgent,
  from: string,
): StoppedNote | null {
  if (conversation === null || cwd === null || homeVariable === null) return null;
  const { shown, more } = commandLine;
  const via = place.type === 'pane' ? 'pane' : 'shell';
  const who = { session, agent, pid, start, pane, panePid, via, conversation, from, cwd } as const;
  return { version: 1, ...who, homeVariable, shown, more, at: observed.at, resumedAt: null };
}

/** Told to a person: it stays, and what could be done. */
export function swapLeft(
  name: string,
  detail: string,
  { agent, home }: { readonly agent: DedicatedAgent; readonly home: string },
): Diagnostic {
  const { commandLine, pid, homeVariable: variable, cwd, conversation } = agent;
  return {
    severity: 'warning',
    code: 'swap-left',
    target: `session/${name}`,
    summary: 'A dedicated session stays under an account without quota',
    detail,
    help: `end your agent, then: ${resumeCommand(commandLine, pid, { variable, home, cwd, conversation })}`,
  };
}

/** How long one that was ended is waited for before the next one is. */
const WATCHED_MS = 60_000;

/** The pool's first goes first; then one at a time, each waited for until it is there again. */
function oneByOne(
  input: PlanInput,
  seen: Seen,
  tasks: Pick<Draft<'tasks'>, 'actions' | 'withheld'>,
  proposals: readonly OperatorProposal[],
): readonly OperatorProposal[] {
  if (proposals.every(({ hold }) => hold !== null)) return proposals;
  const runs = Object.values(runsOf(input, seen));
  let begun = false;
  return proposals.map((proposal) => {
    if (proposal.hold !== null || proposal.action.type !== 'dedicated.stop') return proposal;
    const next = launchAccount(input, proposal.action.effect.note.agent);
    const under = next.ok ? (next.account ?? '') : '';
    const hold = firstHold(
      poolHold(tasks),
      turnHold(input, runs, under, begun),
      underWay(input, proposal.name),
    );
    begun ||= hold === null;
    return { ...proposal, hold };
  });
}

/** Something of the pool is yet to go on, and may. */
function poolHold({ actions, withheld }: Pick<Draft<'tasks'>, 'actions' | 'withheld'>): Hold | null {
  const goes = Object.values(actions).some(({ reason }) => reason === 'goes-on' || reason === 'quota');
  const waits = withheld.some(({ reason }) => reason === 'first-one-watched' || reason === 'spread-out');
  if (!goes && !waits) return null;
  return { reason: 'first-one-watched', because: 'sessions of the pools go on first', until: null };
}

function underWay({ observed }: PlanInput, name: string): Hold | null {
  for (const [other, { note }] of entriesOf(observed.stopped)) {
    const until = (note.resumedAt ?? note.at) + WATCHED_MS;
    const isBack = (observed.operators[other] ?? []).some(
      ({ conversation, pid }) => conversation === note.conversation && pid !== note.pid,
    );
    if (other === name || isBack || until <= observed.at || note.at > observed.at) continue;
    return { reason: 'first-one-watched', because: `${other} goes on first`, until };
  }
  return null;
}
