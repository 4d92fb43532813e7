import type { EventType, JournalEvent } from '../model/event.ts';
import { type ChannelState, NEW_CHANNEL, type Notice } from '../model/notice.ts';
import { type ChannelAnswer, type Delivery, retry } from './delivery.ts';
import { pauseMs } from './pause.ts';
import { superseded } from './superseded.ts';

/** The messages on the disk. Methods throw where the disk does not answer. */
export interface Outbox {
  /** Ids that wait, oldest first. */
  waiting(): readonly string[];
  /** Null: it is not there, or is no message. */
  read(id: string): Notice | null;
  /** It went out. */
  sent(id: string): void;
  drop(id: string): void;
  channels(): Readonly<Record<string, ChannelState>>;
  saveChannels(channels: Readonly<Record<string, ChannelState>>): void;
}

export interface SenderOptions {
  readonly outbox: Outbox;
  /** The channel as file and secrets are now; null: the file declares none of that name. */
  readonly channelOf: (name: string) => ChannelAnswer | null;
  readonly note: (
    type: EventType,
    severity: JournalEvent['severity'],
    target: string,
    message: string,
    fields: JournalEvent['fields'],
  ) => void;
  /** Hears in words when the outbox itself fails; once until it works again. */
  readonly onProblem: (why: string) => void;
  /** Epoch milliseconds, and a number from 0 to 1, for the pauses between tries. */
  readonly now: () => number;
  readonly random: () => number;
}

export interface Sender {
  /** There may be something to send. Returns at once. */
  wake(): void;
  /** Resolves when nothing can be sent now, at the latest after `ms`. */
  idle(ms: number): Promise<void>;
  /** Lets what is under way end within `graceMs`, then breaks it off. Sends nothing more. */
  stop(graceMs: number): Promise<void>;
}

/** How a channel stands within this process. */
interface Line {
  failures: number;
  /** Epoch milliseconds; 0: now. */
  nextTryAt: number;
  /** The channel that refused; another one is tried at once. */
  refusedBy: string | null;
}

/** Nothing rings for a secret that appears, or for a file that was put there by hand. */
const LOOK_MS = 30_000;
/** A channel that refuses is asked again after this long: who mends it elsewhere need not tell us. */
const REFUSED_MS = 3_600_000;
/** One failure may be anything; from the second in a row on it is said. */
const SAID_FROM = 2;

/**
 * Sends what waits, beside the loop and never within a cycle: of each channel one message at a time, oldest first, until
 * it is delivered. It goes by what lies in the outbox; what it remembers is only when to try again.
 */
export function openSender(options: SenderOptions): Sender {
  const { outbox, now } = options;
  const lines = new Map<string, Line>();
  const channelOfId = new Map<string, string>();
  /** Delivered, and not moved yet: the disk would not. */
  const delivered = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const broken = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;

  return { wake, idle, stop };

  function wake(): void {
    if (stopped) return;
    clearTimeout(timer);
    try {
      const nextAt = begin(queues());
      failing = false;
      timer = setTimeout(wake, Math.min(LOOK_MS, Math.max(10, nextAt - now())));
    } catch (error) {
      if (!failing) options.onProblem(error instanceof Error ? error.message : String(error));
      failing = true;
      timer = setTimeout(wake, LOOK_MS);
    }
    // A one-shot `apply` does not stay for what may be tried later.
    timer.unref();
  }

  async function idle(ms: number): Promise<void> {
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, ms, 'late').unref());
    for (wake(); underWay.size > 0; wake()) {
      if ((await Promise.race([...underWay.values(), late])) === 'late') return;
    }
  }

  async function stop(graceMs: number): Promise<void> {
    stopped = true;
    clearTimeout(timer);
    const over = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.all(underWay.values()), over]);
    broken.abort();
    await Promise.all(underWay.values());
  }

  /** By channel, what waits, oldest first. */
  function queues(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    const waiting = outbox.waiting();
    for (const id of waiting) {
      if (delivered.has(id)) {
        movedAgain(id);
        continue;
      }
      const channel = channelOfId.get(id) ?? channelIn(id);
      if (channel === null) continue;
      channelOfId.set(id, channel);
      found.set(channel, [...(found.get(channel) ?? []), id]);
    }
    const known = new Set(waiting);
    for (const id of channelOfId.keys()) if (!known.has(id)) channelOfId.delete(id);
    return found;
  }

  /** What is no message is nobody's to send. */
  function channelIn(id: string): string | null {
    const notice = outbox.read(id);
    if (notice !== null) return notice.channel;
    outbox.drop(id);
    options.note('notice.dropped', 'warning', 'notice', 'a file in the outbox was no message', { id });
    return null;
  }

  /** Begins what can be sent now; gives when to look again. */
  function begin(found: ReadonlyMap<string, readonly string[]>): number {
    let nextAt = Infinity;
    for (const [channel, ids] of found) {
      if (underWay.has(channel)) continue;
      const answer = options.channelOf(channel);
      if (answer === null) dropAll(channel, ids);
      else if (answer.type === 'off') say(channel, { state: 'off', why: answer.why, nextTryAt: null });
      else {
        const line = lineOf(channel);
        if (line.refusedBy !== null && line.refusedBy !== answer.channel.fingerprint) line.nextTryAt = 0;
        if (line.nextTryAt <= now()) start(channel, ids, answer.channel);
        else nextAt = Math.min(nextAt, line.nextTryAt);
      }
    }
    return nextAt;
  }

  function lineOf(channel: string): Line {
    const known = lines.get(channel) ?? { failures: 0, nextTryAt: 0, refusedBy: null };
    lines.set(channel, known);
    return known;
  }

  function start(
    channel: string,
    ids: readonly string[],
    open: Extract<ChannelAnswer, { type: 'open' }>['channel'],
  ): void {
    const trial = tryOldest(channel, ids, open).finally(() => {
      underWay.delete(channel);
      // What comes next is a new look at the outbox.
      setImmediate(wake);
    });
    underWay.set(channel, trial);
  }

  async function tryOldest(
    channel: string,
    ids: readonly string[],
    open: Extract<ChannelAnswer, { type: 'open' }>['channel'],
  ): Promise<void> {
    try {
      const notices = ids.slice(0, 50).flatMap((id) => outbox.read(id) ?? []);
      for (const id of superseded(notices)) outbox.drop(id);
      const notice = notices.find(({ id }) => !superseded(notices).includes(id));
      if (notice === undefined) return;
      const delivery = await open.deliver(notice, broken.signal).catch(() => retry('it could not be asked'));
      if (delivery.type === 'delivered') wasDelivered(channel, notice);
      // What we broke off ourselves says nothing of the channel.
      else if (!broken.signal.aborted) wasNot(channel, notice, delivery, open.fingerprint);
    } catch (error) {
      lineOf(channel).nextTryAt = now() + LOOK_MS;
      options.onProblem(error instanceof Error ? error.message : String(error));
    }
  }

  function wasDelivered(channel: string, notice: Notice): void {
    delivered.add(notice.id);
    moved(notice.id);
    const tries = lineOf(channel).failures + 1;
    lines.set(channel, { failures: 0, nextTryAt: 0, refusedBy: null });
    const { sent } = stateOf(channel);
    say(channel, { state: 'working', why: '', nextTryAt: null, lastSentAt: now(), sent: sent + 1 });
    options.note('notice.sent', 'info', targetOf(channel, notice), notice.subject, { channel, tries });
  }

  /** Never sent twice by this process, even where the disk keeps it waiting. */
  function moved(id: string): void {
    outbox.sent(id);
    delivered.delete(id);
  }

  function movedAgain(id: string): void {
    try {
      moved(id);
    } catch (error) {
      options.onProblem(error instanceof Error ? error.message : String(error));
    }
  }

  function wasNot(
    channel: string,
    notice: Notice,
    delivery: Exclude<Delivery, { type: 'delivered' }>,
    fingerprint: string,
  ): void {
    const line = lineOf(channel);
    line.failures += 1;
    const isRefused = delivery.type === 'refused';
    const waitMs = isRefused ? REFUSED_MS : pauseMs(line.failures, delivery.afterMs, options.random());
    line.nextTryAt = now() + waitMs;
    line.refusedBy = isRefused ? fingerprint : null;
    const before = stateOf(channel);
    const isSaid = isRefused || line.failures >= SAID_FROM;
    const state = isRefused ? 'parked' : isSaid ? 'failing' : before.state;
    const { why } = delivery;
    say(channel, {
      state,
      why: isSaid ? why : before.why,
      nextTryAt: line.nextTryAt,
      failed: before.failed + 1,
    });
    if (before.state !== state) {
      const message = `${channel} does not take messages: ${why}`;
      options.note('notice.failed', 'warning', targetOf(channel, notice), message, {
        channel,
        parked: isRefused,
      });
    }
  }

  function dropAll(channel: string, ids: readonly string[]): void {
    for (const id of ids) outbox.drop(id);
    const message = `${String(ids.length)} messages to ${channel}, which the file does not declare any more`;
    options.note('notice.dropped', 'warning', `notice/${channel}`, message, { channel, count: ids.length });
  }

  function stateOf(channel: string): ChannelState {
    return outbox.channels()[channel] ?? NEW_CHANNEL;
  }

  function say(channel: string, change: Partial<ChannelState>): void {
    const before = stateOf(channel);
    const same = before.state === (change.state ?? before.state);
    const since = same ? before.since : now();
    const after: ChannelState = { ...before, ...change, since };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    outbox.saveChannels({ ...outbox.channels(), [channel]: after });
  }
}

function targetOf(channel: string, { id }: Notice): string {
  return `notice/${channel}/${id.split('-')[2] ?? id}`;
}
