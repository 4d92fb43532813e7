import type { WorkPhase } from '../model/observed.ts';
import { REDRAWN } from '../model/screen.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { pointerStep } from '../model/source.ts';
import { backingOff, firstHold, suspended } from './holds.ts';
import type { Judgement } from './judge.ts';
import type { Run } from './runs.ts';
import { inheritedHold, typingHold } from './session-holds.ts';
import { words } from './session-proposal.ts';
import type { TaskProposal } from './task-proposal.ts';

/** A screen must have looked the same for so long before a key is sent to it: half a redraw is no prompt. */
const STEADY_MS = 150;
/** Text that was pasted needs so long before an Enter behind it is taken for one (facts/agents.md §4). */
const BEFORE_ENTER_MS = 300;
/** So long an Enter has to show an effect before another one is sent. */
const ACKNOWLEDGE_MS = 3_000;

/** The next step of a delivery by paste; null: none, or none that is known to be safe. */
export function submission(input: PlanInput, run: Run, judgement: Judgement): TaskProposal | null {
  const { record, carrier } = run;
  if (record?.delivery !== 'paste' || carrier?.owned == null) return null;
  const { stamp, panes, typedAt } = carrier.session;
  const work = stamp?.work ?? null;
  const { screen } = run.run.facts;
  const { at: now } = input.observed;
  const since = input.memory.screens[run.attempt]?.since ?? now;
  if (
    work === null ||
    work.phase === null ||
    screen === null ||
    screen.box === null ||
    !(judgement.state === 'idle' || screen.verdict.rule === REDRAWN)
  )
    return null;
  if (now - since < STEADY_MS) return null;
  const step = stepOf(run.attempt, work.phase, work.since ?? now, screen.box.text, now);
  if (step === null) return null;
  const target = `task/${record.inbox}/${record.id}`;
  const action: ActionOf<'task.submit'> = {
    ...words(
      input.desired,
      target,
      step.reason,
      step.because,
      `/inboxes/${pointerStep(record.inbox)}`,
      false,
    ),
    type: 'task.submit',
    effect: {
      type: 'task.submit',
      session: carrier.owned,
      attempt: run.attempt,
      runDir: run.run.runDir,
      from: work.phase,
      to: step.to,
      at: now,
    },
  };
  const inTheWay = Object.values(panes).some(({ inMode, inputOdd }) => inMode || inputOdd);
  const hold = firstHold(
    suspended(input, [target, `session/${carrier.name}`, `inbox/${record.inbox}`]),
    inheritedHold(input),
    typingHold(input, typedAt),
    inTheWay
      ? { reason: 'in-use', because: 'its pane is in copy mode, or takes no input by itself', until: null }
      : null,
    step.draft
      ? { reason: 'in-use', because: 'there is a draft of somebody in its input box', until: null }
      : null,
    backingOff(input, target),
  );
  const pasting = step.to === 'pasted';
  return {
    at: 'tasks',
    action,
    hold,
    from: pasting ? 'claimed' : 'in-box',
    to: pasting ? 'pasted' : 'submitted',
  };
}

interface Step {
  readonly to: WorkPhase;
  readonly reason: 'prompt-ready' | 'text-in-box';
  readonly because: string;
  readonly draft: boolean;
}

/**
 * Our text goes in once; Enter by itself, only while our text stands in the box, and again only then. A box that is
 * empty after the paste may mean that the agent took it, so nothing is pasted twice.
 */
function stepOf(attempt: string, phase: WorkPhase, since: number, text: string, now: number): Step | null {
  // Rows of the box are joined; where a row broke inside the id there may be a blank.
  const ours = text.replaceAll(/\s/g, '').includes(attempt);
  switch (phase) {
    case 'started':
      return {
        to: 'pasted',
        reason: 'prompt-ready',
        because: 'its agent is ready and its input box is empty',
        draft: text !== '',
      };
    case 'pasted':
      if (!ours || now - since < BEFORE_ENTER_MS) return null;
      return { to: 'submitted', reason: 'text-in-box', because: 'our text stands in the box', draft: false };
    case 'submitted':
    case 'resubmitted':
      if (!ours || now - since < ACKNOWLEDGE_MS) return null;
      return {
        to: 'resubmitted',
        reason: 'text-in-box',
        because: 'our text still stands in the box: the Enter was not taken',
        draft: false,
      };
  }
}
