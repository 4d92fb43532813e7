import type { HostWriter } from '../model/host.ts';
import type { NotifySend } from '../model/plan.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';

/**
 * Puts a message into the outbox, once: its name says what it tells, so one that is there, waiting or sent, is this very
 * one. What makes room for it goes first, or a full disk would keep the less important and not this one.
 */
export async function queueNotice(host: HostWriter, effect: NotifySend): Promise<Outcome> {
  const { folder, notice, drops } = effect;
  const made = await host.files.makeDirectory(`${folder}/sent`);
  if (made.type === 'error') return refused(made);
  const sent = await host.files.path(`${folder}/sent/${notice.id}.json`);
  if (sent.type === 'ok' && sent.value.type !== 'absent') return { outcome: 'applied', text: null };
  for (const id of drops) {
    const removed = await host.files.remove(`${folder}/${id}.json`);
    if (removed.type === 'error') return refused(removed);
  }
  const text = `${JSON.stringify(notice)}\n`;
  const written = await host.files.write(`${folder}/${notice.id}.json`, text, { fresh: true });
  if (written.type === 'ok' || written.code === 'EEXIST') return { outcome: 'applied', text: null };
  return refused(written);
}
