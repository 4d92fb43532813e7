import type { Explanation } from '../model/explanation.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import { sourceOf } from '../model/source.ts';
import type { About, Fact } from './about.ts';
import { durationWords } from './duration.ts';
import { poolPlaces, sightings } from './sight.ts';
import { aboutAccount, aboutActiveLink, aboutLink } from './why-account.ts';
import { aboutPool, aboutSession } from './why-session.ts';
import { aboutInbox, aboutTask, taskNamed } from './why-task.ts';

/**
 * Why `target` is, or is not, as it is: the rules and facts behind it, with the lines of the file that ask for
 * it. Takes `session/NAME`, `pool/NAME`, `account/NAME`, `link/ACCOUNT/ENTRY`, `link/AGENT` (the active link), `task/INBOX/ID`, `inbox/NAME`, `fleet`,
 * or a bare name where only one thing has it. Null: no such thing.
 */
export function explain(input: PlanInput, plan: Plan, target: string): Explanation | null {
  const address = addressOf(input, target);
  const about = address === null ? null : describe(input, address);
  if (address === null || about === null) return null;
  return {
    target: address,
    is: about.is,
    because: [...about.because, ...problems(plan, address)],
    ...nextOf(input, plan, address),
    help: plan.diagnostics.find((diagnostic) => diagnostic.target === address)?.help ?? null,
  };
}

function addressOf(input: PlanInput, target: string): string | null {
  if (target.startsWith('task/')) return onlyTask(input, target.slice('task/'.length)) ?? target;
  if (target.includes('/') || target === 'fleet') return target;
  const { desired, observed } = input;
  const kinds: readonly (readonly [string, boolean])[] = [
    ['session', Object.hasOwn(desired.dedicated, target) || poolPlaces(desired.pools)(target) !== null],
    ['session', Object.hasOwn(sightings(desired, observed) ?? {}, target)],
    ['account', Object.hasOwn(desired.accounts, target)],
    ['pool', Object.hasOwn(desired.pools, target)],
    ['link', desired.activeAccounts[target]?.link != null],
  ];
  const kind = kinds.find(([, known]) => known)?.[0];
  if (kind !== undefined) return `${kind}/${target}`;
  return onlyTask(input, target);
}

/** A task by its id, or by inbox and id, where only one has it. */
function onlyTask(input: PlanInput, name: string): string | null {
  const [only, ...more] = taskNamed(input, name);
  return only === undefined || more.length > 0 ? null : `task/${only}`;
}

function describe(input: PlanInput, address: string): About | null {
  const [kind = '', name = '', entry] = address.split('/');
  switch (kind) {
    case 'fleet':
      return aboutFleet(input);
    case 'session':
      return aboutSession(input, name);
    case 'pool':
      return aboutPool(input, name);
    case 'task':
      return entry === undefined ? null : aboutTask(input, name, entry);
    case 'inbox':
      return aboutInbox(input, name);
    case 'account':
      return aboutAccount(input, name);
    case 'link':
      return entry === undefined ? aboutActiveLink(input, name) : aboutLink(input, name, entry);
    default:
      return null;
  }
}

function aboutFleet({ desired, observed }: PlanInput): About {
  const is = `fleet ${desired.name}, declared in ${desired.file}`;
  const text = observed.tmux.ok
    ? `its tmux server ${observed.tmux.value.type === 'none' ? 'is not running' : `runs as pid ${String(observed.tmux.value.incarnation.pid)}`}`
    : observed.tmux.diagnostic.detail;
  return { is, because: [{ text, source: sourceOf(desired.sources, '/tmux/socket') }] };
}

function problems(plan: Plan, address: string): readonly Fact[] {
  return plan.diagnostics
    .filter(({ target }) => target === address)
    .map(({ summary, detail }) => ({ text: `${summary}: ${detail}`, source: null }));
}

interface Next {
  readonly next: string | null;
  readonly nextAt: number | null;
}

function nextOf(input: PlanInput, plan: Plan, address: string): Next {
  const isAbout = changesOf(input, address);
  const action = plan.actions.find(isAbout);
  if (action !== undefined)
    return { next: `${action.type} in the next cycle: ${action.because}`, nextAt: null };
  const held = plan.withheld.find(isAbout);
  const parked = parkedUntil(input, address);
  if (held === undefined) {
    return parked === null
      ? { next: null, nextAt: null }
      : { next: 'it goes on with its conversation', nextAt: parked };
  }
  const until = held.until ?? parked;
  const wait = until === null ? '' : `, for ${durationWords(until - input.observed.at)} more`;
  return { next: `${held.type} is withheld (${held.reason}${wait}): ${held.because}`, nextAt: until };
}

/** Whether a change is one of that thing: a task that is parked goes on by its session's. */
function changesOf(
  { observed }: PlanInput,
  address: string,
): (change: { readonly type: string; readonly target: string }) => boolean {
  const sessions = Object.values(observed.runs).flatMap(({ record, claim }) =>
    record.ok && record.value !== null && claim !== null && address === `task/${claim.inbox}/${claim.id}`
      ? [`session/${record.value.session}`]
      : [],
  );
  return ({ type, target }) =>
    target === address || (type === 'session.relaunch' && sessions.includes(target));
}

/** Until when the task of that address is parked, epoch milliseconds; null: it is not, or no longer. */
function parkedUntil({ observed }: PlanInput, address: string): number | null {
  const run = Object.values(observed.runs).find(
    ({ claim }) => claim !== null && address === `task/${claim.inbox}/${claim.id}`,
  );
  const until = run?.record.ok === true ? (run.record.value?.parkedUntil ?? null) : null;
  return until !== null && until > observed.at ? until : null;
}
