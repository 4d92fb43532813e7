import type { StoppedAgent, StoppedNote } from '../model/dedicated-agent.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, ResumableDedicated } from '../model/plan.ts';
import { pointerStep } from '../model/source.ts';
import { resumeCommand } from './dedicated-command.ts';
import { inUse } from './dedicated-rest.ts';
import {
  notesFolder,
  type OperatorProposal,
  paneHold,
  resumableDedicated,
  sharedHold,
} from './dedicated-session.ts';
import type { Hold } from './draft.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import { homeOf, type LaunchAccount, launchAccount } from './launch-account.ts';
import { entriesOf } from './order.ts';
import { inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { Sighting } from './sight.ts';

/** After this, whoever sits there has done something else by now: nothing is typed any more. */
const FRESH_MS = 600_000;
/** A person is told for so long which command was to be run. */
const TOLD_MS = 86_400_000;
/** How long an agent has to come up. */
const COMES_UP_MS = 60_000;

/** What we ended, and is to go on now; and what has not come up, with the command a person could run. */
export function resumptions(
  input: PlanInput,
  seen: Readonly<Record<string, Sighting>>,
): { readonly proposals: readonly OperatorProposal[]; readonly diagnostics: readonly Diagnostic[] } {
  const proposals: OperatorProposal[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [name, stopped] of entriesOf(input.observed.stopped)) {
    const sighting = seen[name];
    if (stopped.alive || sighting?.type !== 'dedicated' || isOver(input, stopped)) continue;
    const session = resumableDedicated(input, sighting, stopped.note.pane, stopped.note.panePid);
    const next = accountFor(input, stopped.note);
    const mayGoOn = session !== null && isFresh(input, stopped.note);
    if (mayGoOn) proposals.push(resumption(input, session, sighting, stopped, next));
    else if (!comesUp(input, stopped.note)) diagnostics.push(notBack(input, stopped.note, next));
  }
  return { proposals, diagnostics };
}

/** Somebody has started an agent there, or the conversation goes on elsewhere, or it was long ago. */
function isOver({ observed }: PlanInput, { note }: StoppedAgent): boolean {
  const inPane = (observed.operators[note.session] ?? []).some(({ pane }) => pane === note.pane);
  return (
    inPane || isLive(observed, note.conversation) || note.at + TOLD_MS <= observed.at || note.at > observed.at
  );
}

function isLive({ operators, runs }: PlanInput['observed'], conversation: string): boolean {
  const theirs = Object.values(operators)
    .flat()
    .some((each) => each.conversation === conversation);
  return (
    theirs ||
    Object.values(runs).some(({ record }) => record.ok && record.value?.conversation === conversation)
  );
}

/** A dead pane takes it again: it is dead for as long as nothing was started in it. What is typed is typed once. */
function isFresh({ observed }: PlanInput, { at, resumedAt, via }: StoppedNote): boolean {
  return (via === 'pane' || resumedAt === null) && at + FRESH_MS > observed.at;
}

function comesUp({ observed }: PlanInput, { resumedAt }: StoppedNote): boolean {
  return resumedAt !== null && resumedAt <= observed.at && resumedAt + COMES_UP_MS > observed.at;
}

/** The account that can take it now; where none can any more it is better off where it was than nowhere. */
function accountFor(input: PlanInput, { agent, from }: StoppedNote): LaunchAccount {
  const next = launchAccount(input, agent);
  return next.ok && next.account !== null ? next : homeOf(input, from);
}

function resumption(
  input: PlanInput,
  session: ResumableDedicated,
  sighting: Sighting,
  { note, prompt }: StoppedAgent,
  next: LaunchAccount,
): OperatorProposal {
  const { observed, desired } = input;
  const { name } = session;
  const target = `session/${name}`;
  const account = next.ok ? (next.account ?? '') : '';
  const action: ActionOf<'dedicated.resume'> = {
    ...words(
      desired,
      target,
      'goes-on',
      `it was ended for want of quota under ${note.from}; its conversation goes on${account === '' ? '' : ` under ${account}`}`,
      `/dedicated/${pointerStep(name)}`,
      false,
    ),
    type: 'dedicated.resume',
    effect: {
      type: 'dedicated.resume',
      session,
      note: { ...note, resumedAt: observed.at },
      at: observed.at,
      folder: notesFolder(input),
      home: next.ok ? (next.home ?? '') : '',
      account,
      prompt: note.via === 'shell' ? prompt : null,
    },
  };
  const hold = firstHold(
    suspended(input, [target]),
    inheritedHold(input),
    sharedHold(input, note.pane),
    typedSince(sighting, note),
    typingHold(input, sighting.session.typedAt),
    paneHold(sighting, note.pane),
    readyHold(sighting, note, prompt !== null),
    next.ok ? null : next.hold,
    backingOff(input, target),
  );
  return { name, action, hold, how: ['ended', 'running'] };
}

/** Whoever typed since then may have left something. */
function typedSince({ session }: Sighting, { at }: StoppedNote): Hold | null {
  const { typedAt } = session;
  // tmux tells whole seconds.
  return typedAt !== null && typedAt + 1000 > at
    ? inUse('somebody typed in it since its agent has ended')
    : null;
}

function readyHold({ session }: Sighting, { via, pane }: StoppedNote, isAtPrompt: boolean): Hold | null {
  const dead = session.panes[pane]?.dead === true;
  if (via === 'pane') return dead ? null : inUse('something else runs in its pane');
  if (dead) return inUse('its shell has ended');
  return isAtPrompt ? null : inUse('its shell is not known to wait with an empty line');
}

function notBack(input: PlanInput, note: StoppedNote, next: LaunchAccount): Diagnostic {
  const home = next.ok ? next.home : (input.desired.accounts[note.from]?.home ?? null);
  const { homeVariable: variable, cwd, conversation, session, from } = note;
  const what =
    note.resumedAt === null ? 'could not be started again' : 'was started again, and has not come up';
  return {
    severity: 'warning',
    code: 'swap-left',
    target: `session/${session}`,
    summary: 'An agent in a dedicated session was ended, and does not go on by itself',
    detail: `${session}: its agent was ended, for ${from} had no quota left, and ${what}.`,
    help: resumeCommand(note, null, { variable, home: home ?? '', cwd, conversation }),
  };
}
