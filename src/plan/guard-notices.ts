import type { PlanInput } from '../model/plan-input.ts';
import type { ActionOf } from '../model/plan.ts';
import { broken } from './guard-broken.ts';

/** A message goes into our own outbox, under a name of ours, to a declared channel, and makes none go that is not ours. */
export function sendsOnlyDeclared(action: ActionOf<'notify.send'>, input: PlanInput): readonly string[] {
  const { folder, notice, drops } = action.effect;
  const { outbox } = input.observed;
  const seen = outbox?.ok === true ? outbox.value : null;
  const asked = input.desired.notify.rules.some(({ to }) => to.includes(notice.channel));
  const name = /^\d{13}-[0-3]-[0-9a-f]{14}$/;
  const waiting = seen?.waiting.length ?? 0;
  return broken(`notify.send to ${notice.channel}`, [
    [seen !== null && folder === seen.folder, 'not into the outbox'],
    [Object.hasOwn(input.desired.notify.channels, notice.channel), 'the channel is not declared'],
    [asked, 'no rule tells that channel anything'],
    [name.test(notice.id), 'its name is none of ours'],
    [seen?.waiting.includes(notice.id) === false && !seen.sent.includes(notice.id), 'it is there already'],
    [drops.every((id) => name.test(id) && seen?.waiting.includes(id) === true), 'it drops what is not there'],
    [drops.length === 0 || waiting >= 1000, 'it drops messages though there is room'],
  ]);
}
