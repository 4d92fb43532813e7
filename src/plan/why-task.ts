import type { PlanInput } from '../model/plan-input.ts';
import type { InboxEntry, PastAttempt } from '../model/task.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { About, Fact } from './about.ts';
import { durationWords } from './duration.ts';
import { roomOf } from './free-session.ts';
import { lineOf } from './line.ts';
import { entriesOf } from './order.ts';
import { type Run, runsOf } from './runs.ts';
import { sightings } from './sight.ts';

/** The addresses `inbox/id` of a task named by its id, or by both; several where inboxes share an id. */
export function taskNamed(input: PlanInput, name: string): readonly string[] {
  const all = entriesOf(input.observed.inboxes).flatMap(([inbox, reading]) => {
    if (!reading.ok) return [];
    const { entries, claims } = reading.value;
    const waiting = Object.entries(entries).map(([file, entry]) => idOf(file, entry));
    return [...waiting, ...Object.values(claims).map(({ id }) => id)].map((id) => `${inbox}/${id}`);
  });
  return [...new Set(all)].filter((address) => address === name || address.endsWith(`/${name}`));
}

function idOf(file: string, entry: InboxEntry): string {
  return entry.type === 'task' ? entry.task.id : file;
}

/** What there is to say of an inbox; null: not declared. */
export function aboutInbox(input: PlanInput, name: string): About | null {
  const spec = input.desired.inboxes[name];
  const reading = input.observed.inboxes[name];
  if (spec === undefined) return null;
  const source = sourceOf(input.desired.sources, `/inboxes/${pointerStep(name)}`);
  const facts: Fact[] = [{ text: `its tasks go to pool ${spec.pool}, in ${spec.cwd}`, source }];
  if (reading === undefined || !reading.ok)
    return { is: `inbox ${name} (${spec.dir}) could not be read`, because: facts };
  const { entries, claims, counts } = reading.value;
  const waiting = `${String(Object.keys(entries).length)} wait, ${String(Object.keys(claims).length)} run`;
  return {
    is: `inbox ${name} (${spec.dir}): ${waiting}, ${String(counts.done)} done, ${String(counts.failed)} failed, ${String(counts.rejected)} rejected`,
    because: facts,
  };
}

/** What there is to say of a task that waits or runs; null: there is none of that name. */
export function aboutTask(input: PlanInput, inbox: string, id: string): About | null {
  const reading = input.observed.inboxes[inbox];
  const source = sourceOf(input.desired.sources, `/inboxes/${pointerStep(inbox)}`);
  if (reading === undefined) return null;
  if (!reading.ok)
    return { is: `inbox ${inbox} could not be read`, because: [{ text: reading.diagnostic.detail, source }] };
  const claim = Object.values(reading.value.claims).find((each) => each.id === id);
  if (claim !== undefined) return aboutRun(input, claim.attempt, `task ${id} of inbox ${inbox}`, source);
  const found = Object.entries(reading.value.entries).find(([file, entry]) => idOf(file, entry) === id);
  if (found === undefined) return null;
  const past = (reading.value.history[id] ?? []).map((each) => pastFact(each, input.observed.at));
  return {
    is: `task ${id} waits in inbox ${inbox}`,
    because: [...whyWaiting(input, inbox, ...found, source), ...past],
  };
}

function whyWaiting(
  input: PlanInput,
  inbox: string,
  file: string,
  entry: InboxEntry,
  source: Fact['source'],
): readonly Fact[] {
  const { at } = input.observed;
  if (entry.type === 'bad')
    return [{ text: `${file} can be no task (${entry.reason}): ${entry.detail}`, source }];
  if (entry.type === 'unsettled') {
    return [{ text: `${entry.why}; looked at again in ${durationWords(entry.until - at)}`, source }];
  }
  const { task } = entry;
  const facts: Fact[] = [
    { text: `priority ${task.priority}, last changed ${durationWords(at - entry.since)} ago`, source },
  ];
  if (task.notBefore !== null && task.notBefore > at) {
    facts.push({
      text: `its notBefore is ${durationWords(task.notBefore - at)} away`,
      source: null,
    });
  }
  const pool = input.desired.inboxes[inbox]?.pool ?? '';
  const spec = input.desired.pools[pool];
  const place =
    lineOf(input).waiting[pool]?.findIndex((each) => each.inbox === inbox && each.file === file) ?? -1;
  if (place >= 0)
    facts.push({ text: `number ${String(place + 1)} in the line for pool ${pool}`, source: null });
  const seen = sightings(input.desired, input.observed);
  if (spec === undefined || seen === null) return facts;
  const room = roomOf(input, seen, pool, spec);
  const next = room.nextAt === null ? '' : `; the next one is free in ${durationWords(room.nextAt - at)}`;
  const text = `pool ${pool}: ${String(room.available.length)} free, ${String(room.unavailable)} at work, resting or in use, at most ${String(spec.max)}${next}`;
  return [...facts, { text, source: sourceOf(input.desired.sources, `/pools/${pointerStep(pool)}`) }];
}

function aboutRun(input: PlanInput, attempt: string, what: string, source: Fact['source']): About {
  const seen = sightings(input.desired, input.observed);
  const run = seen === null ? undefined : runsOf(input, seen)[attempt];
  if (run === undefined)
    return {
      is: `${what} is claimed; tmux could not be read`,
      because: [{ text: `attempt ${attempt}`, source }],
    };
  const { judgement } = run;
  const state = judgement === null ? 'was reserved, and its agent was not started' : `is ${judgement.state}`;
  return { is: `${what} ${state}`, because: runFacts(input, run, source) };
}

/** The attempt, and each witness with what it says and since when. */
export function runFacts(
  { observed }: PlanInput,
  { record, carrier, judgement }: Run,
  source: Fact['source'],
): readonly Fact[] {
  const facts: Fact[] = [];
  if (record !== null) {
    const under = record.account === null ? '' : `, account ${record.account}`;
    const model = record.model === null ? '' : ` (${record.model})`;
    facts.push({
      text: `attempt ${record.attempt}, number ${String(record.number)}, ${record.agent}${model} in ${carrier?.name ?? `${record.session}, which is gone`}${under}, since ${durationWords(observed.at - record.startedAt)}, conversation ${record.conversation ?? 'not known'}`,
      source,
    });
  }
  if (judgement?.question != null) facts.push({ text: `it asks: ${judgement.question}`, source: null });
  for (const { source: who, says, at } of judgement?.witnesses ?? []) {
    facts.push({ text: `${who}, ${durationWords(observed.at - at)} ago: ${says}`, source: null });
  }
  return facts;
}

function pastFact({ attempt, result, at }: PastAttempt, now: number): Fact {
  return { text: `attempt ${attempt} ended ${result} ${durationWords(now - at)} ago`, source: null };
}
