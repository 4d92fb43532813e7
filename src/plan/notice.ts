import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import {
  type ChannelState,
  type Notice,
  NOTICE_ID,
  type ObservedOutbox,
  OUTBOX_LIMIT,
} from '../model/notice.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf, Withheld } from '../model/plan.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { Draft, Hold } from './draft.ts';
import { withhold } from './draft.ts';
import { backingOff, firstHold } from './holds.ts';
import { nextNoticeAt } from './notices/after.ts';
import { entriesOf } from './order.ts';

/** What a draft of notices adds: when something is to be said by itself, epoch milliseconds. */
export interface NoticeDraft extends Draft<'notices'> {
  readonly nextAt: number | null;
}

/**
 * Messages that are due and not in the outbox yet are put there. What waits (a group, quiet hours, a repetition) is no
 * difference between the fleet and its file, so it is neither an action nor withheld: it has a time. A fleet that is
 * suspended is told of all the same: nothing of it is touched.
 */
export function draftNotices(input: PlanInput): NoticeDraft {
  const { desired, memory, observed } = input;
  const { outbox } = observed;
  if (outbox === undefined) return NOTHING;
  const actions: Record<string, ActionOf<'notify.send'>> = {};
  const withheld: Withheld[] = [];
  const target: Record<string, 'queued'> = {};
  const due = entriesOf(memory.notices.due).map(([, notice]) => notice);
  const places = outbox.ok ? placesIn(outbox.value, due) : {};
  for (const notice of due) {
    const action = queueing(desired, notice, outbox.ok ? outbox.value.folder : '', places[notice.id] ?? []);
    const hold = firstHold(outbox.ok ? null : UNREADABLE, backingOff(input, action.target));
    if (hold !== null) {
      withheld.push(withhold(action, hold));
      continue;
    }
    const name = action.target.slice('notice/'.length);
    actions[`/notices/${pointerStep(name)}`] = action;
    target[name] = 'queued';
  }
  return {
    current: { notices: {} },
    target: { notices: target },
    actions,
    withheld,
    diagnostics: outbox.ok ? channelDiagnostics(desired, outbox.value) : [outbox.diagnostic],
    nextAt: nextNoticeAt(desired, memory.notices),
  };
}

const NOTHING: NoticeDraft = {
  current: { notices: {} },
  target: { notices: {} },
  actions: {},
  withheld: [],
  diagnostics: [],
  nextAt: null,
};

const UNREADABLE: Hold = {
  reason: 'unreadable',
  because: 'the outbox could not be read',
  until: null,
};

function queueing(
  desired: DesiredState,
  notice: Notice,
  folder: string,
  drops: readonly string[],
): ActionOf<'notify.send'> {
  const { channel, id, subject } = notice;
  const count = String(drops.length);
  const dropped = drops.length === 0 ? '' : `; ${count} of less weight make room`;
  const said = drops.length === 0 ? '' : `\n\nThe outbox was full: ${count} older messages were dropped.`;
  return {
    type: 'notify.send',
    target: `notice/${channel}/${shortId(id)}`,
    reason: 'told',
    because: `${subject}${dropped}`,
    source: sourceOf(desired.sources, `/notify/channels/${channel}`),
    disrupts: false,
    effect: { type: 'notify.send', folder, notice: { ...notice, text: notice.text + said }, drops },
  };
}

/** The hash: as much as a person needs to find it again. */
function shortId(id: string): string {
  return NOTICE_ID.exec(id)?.[3] ?? id;
}

/** By message: which waiting ones make room for it, the least important and among them the oldest first. */
function placesIn(
  outbox: ObservedOutbox,
  due: readonly Notice[],
): Readonly<Record<string, readonly string[]>> {
  const droppable = outbox.waiting.toSorted((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  let free = OUTBOX_LIMIT - outbox.waiting.length;
  const places: Record<string, readonly string[]> = {};
  for (const { id } of due) {
    const drops = free > 0 ? [] : droppable.splice(0, 1 - free);
    free = free > 0 ? free - 1 : 0;
    places[id] = drops;
  }
  return places;
}

function rankOf(id: string): number {
  return Number(NOTICE_ID.exec(id)?.[2] ?? 0);
}

function channelDiagnostics(desired: DesiredState, { channels }: ObservedOutbox): readonly Diagnostic[] {
  return entriesOf(channels).flatMap(([channel, state]) => {
    if (!Object.hasOwn(desired.notify.channels, channel)) return [];
    const found = channelDiagnostic(channel, state);
    return found === null ? [] : [found];
  });
}

/** A channel that fails is a warning: the fleet is as the file says all the same. */
function channelDiagnostic(channel: string, { state, why }: ChannelState): Diagnostic | null {
  const target = `channel/${channel}`;
  switch (state) {
    case 'working':
      return null;
    case 'failing':
      return {
        severity: 'warning',
        code: 'channel-failing',
        target,
        summary: 'A channel does not take messages; they wait and are tried again by themselves',
        detail: why,
        help: `rollcall doctor --send-test ${channel}`,
      };
    case 'parked':
      return {
        severity: 'warning',
        code: 'channel-parked',
        target,
        summary: 'A channel refuses messages until somebody mends it; they wait',
        detail: why,
        help: `rollcall doctor --send-test ${channel}`,
      };
    case 'off':
      return {
        severity: 'warning',
        code: 'channel-off',
        target,
        summary: 'A channel is off, for a secret of it is absent; its messages wait',
        detail: why,
        help: 'rollcall doctor',
      };
  }
}
