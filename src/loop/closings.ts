import type { EventType } from '../model/event.ts';
import type { Announced } from '../model/memory.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { phaseOf } from '../plan/phase.ts';
import type { Look } from './look.ts';
import type { News } from './news.ts';

/** What stood and stands no more, and what counts as standing from now on. */
export interface Closings {
  readonly news: readonly News[];
  readonly announced: Announced;
}

const STANDS = 'stands ';

/**
 * Says once of each thing that it is over, also across restarts of the loop. `before` is what stood, `quota` what
 * stands of quota now. What cannot be seen now still stands: unknown is not over.
 */
export function closings(look: Pick<Look, 'input' | 'plan'>, before: Announced, quota: Announced): Closings {
  const standing = standingNow(look.plan.diagnostics);
  const ended = Object.keys(before).filter(
    (key) => isClosable(key) && !standing.includes(key) && !Object.hasOwn(quota, key),
  );
  const unknown = ended.filter((key) => isUnknown(look, key));
  const gone = ended.filter((key) => !unknown.includes(key));
  const kept = unknown.map((key) => [key, before[key] ?? ''] as const);
  return {
    news: gone.map((key) => closing(key, before[key] ?? '')),
    announced: Object.fromEntries([...standing.map((key) => [key, 'yes'] as const), ...kept]),
  };
}

/** What each diagnostic that stands for a while is called in the journal. */
const OPENED: Readonly<Record<string, EventType>> = {
  'link-diverged': 'link.diverged',
  'link-blocked': 'link.diverged',
  'task-waiting': 'task.waiting',
  'mass-removal': 'mass.removal',
};

function standingNow(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.flatMap(({ code, target }) => {
    const event = OPENED[code];
    return event === undefined ? [] : [`${STANDS}${event} ${target}`];
  });
}

function isClosable(key: string): boolean {
  return key.startsWith(STANDS) || key === 'fleet.blocked' || key.startsWith(SWAP);
}

const SWAP = 'swap.withheld ';

function isUnknown({ input, plan }: Pick<Look, 'input' | 'plan'>, key: string): boolean {
  const [event = '', target = ''] = key.slice(STANDS.length).split(' ');
  if (key === 'fleet.blocked') return phaseOf(input, plan) === 'Suspended';
  if (event === 'link.diverged') return plan.diagnostics.some((each) => hidesLink(each, target));
  if (event === 'task.waiting') return !input.observed.tmux.ok || hidesInbox(input, target);
  return event === 'mass.removal' && !input.observed.tmux.ok;
}

const HIDING: readonly string[] = [
  'link-unreadable',
  'path-unreadable',
  'home-missing',
  'home-not-a-directory',
];

function hidesLink({ code, target }: Diagnostic, link: string): boolean {
  const account = link.split('/')[1] ?? '';
  return HIDING.includes(code) && (target === link || target === `account/${account}`);
}

function hidesInbox({ observed }: Look['input'], task: string): boolean {
  return observed.inboxes[task.split('/')[1] ?? '']?.ok === false;
}

function closing(key: string, value: string): News {
  if (key === 'fleet.blocked')
    return over('fleet.unblocked', 'fleet', 'an account can be worked under again');
  if (key.startsWith(SWAP)) {
    const agent = key.slice(SWAP.length);
    const target = value.split(' ')[0] ?? '';
    return { ...over('swap.settled', target, 'nothing holds the swap back any more'), fields: { agent } };
  }
  const [event = '', target = ''] = key.slice(STANDS.length).split(' ');
  if (event === 'task.waiting') return over('task.answered', target, 'it waits for no answer any more');
  if (event === 'mass.removal') return over('mass.settled', target, 'no edit would take too many sessions');
  return over('link.intact', target, 'nothing stands in its way any more');
}

function over(type: EventType, target: string, message: string): News {
  return { type, severity: 'info', target, message, fields: {} };
}
