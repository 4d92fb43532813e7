import { poolIndex, poolSessionName } from '../model/desired.ts';
import type { Explanation } from '../model/explanation.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Plan } from '../model/plan.ts';
import type { Source } from '../model/source.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import { activeLink, linksOf, usableAccounts } from './account.ts';
import { restartHold } from './deaths.ts';
import { sharedLinks } from './link.ts';
import { entriesOf } from './order.ts';
import type { Sighting } from './sight.ts';
import { poolPlaces, sightings } from './sight.ts';
import { activeAccount } from './status.ts';

type Fact = Explanation['because'][number];

/**
 * Why `target` is, or is not, as it is: the rules and facts behind it, with the lines of the file that ask for
 * it. Takes `session/NAME`, `pool/NAME`, `account/NAME`, `link/ACCOUNT/ENTRY`, `link/AGENT` (the active link), `fleet`,
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
    next: nextOf(input, plan, address),
    help: plan.diagnostics.find((diagnostic) => diagnostic.target === address)?.help ?? null,
  };
}

type About = Pick<Explanation, 'is' | 'because'>;

function addressOf(input: PlanInput, target: string): string | null {
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
  return kind === undefined ? null : `${kind}/${target}`;
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

function aboutSession(input: PlanInput, name: string): About | null {
  const { desired } = input;
  const seen = sightings(desired, input.observed);
  const sighting = seen?.[name];
  const place = poolPlaces(desired.pools)(name);
  const dedicated = desired.dedicated[name];
  if (sighting === undefined && place === null && dedicated === undefined) return null;
  const because: Fact[] = [];
  if (dedicated !== undefined) {
    because.push({
      text: 'dedicated: made if missing, otherwise never touched',
      source: sourceOf(desired.sources, `/dedicated/${pointerStep(name)}`),
    });
  }
  if (place !== null) {
    const { spec, pool } = place;
    const first = poolSessionName(spec, spec.startIndex);
    const last = poolSessionName(spec, spec.startIndex + spec.max - 1);
    because.push({
      text: `pool ${pool} covers ${first} to ${last} and keeps ${String(spec.min)} alive`,
      source: sourceOf(desired.sources, `/pools/${pointerStep(pool)}`),
    });
  }
  if (place === null && dedicated === undefined) {
    because.push({
      text: 'no pool range and no dedicated name covers it',
      source: sourceOf(desired.sources, '/pools'),
    });
  }
  const hold = restartHold(input, name);
  if (hold !== null) because.push({ text: hold.because, source: null });
  return {
    is: `${name} ${seen === null ? 'is not known: tmux could not be read' : whatIs(sighting)}`,
    because,
  };
}

function whatIs(sighting: Sighting | undefined): string {
  switch (sighting?.type) {
    case undefined:
      return 'is not there';
    case 'dedicated':
      return `is there (${sighting.session.id}), the operator's own`;
    case 'foreign':
      return `is there (${sighting.session.id}), not ours`;
    case 'other-fleet':
      return `is there (${sighting.session.id}) and belongs to fleet ${sighting.owner}`;
    case 'tampered':
      return `is there (${sighting.session.id}) with a contradicted stamp`;
    case 'pool': {
      const { life, session } = sighting;
      const state = {
        free: 'ours and free',
        ended: 'ours, its process has ended',
        unknown: `ours, left alone: ${life.type === 'unknown' ? life.why : ''}`,
      }[life.type];
      return `is there (${session.id}), ${state}`;
    }
  }
}

function aboutPool({ desired, observed }: PlanInput, name: string): About | null {
  const spec = desired.pools[name];
  if (spec === undefined) return null;
  const seen = sightings(desired, observed);
  const mine = entriesOf(seen ?? {}).filter(
    ([session, { type }]) => type === 'pool' && poolIndex(spec, session) !== null,
  );
  const at = (key: string): Source | null => sourceOf(desired.sources, `/pools/${pointerStep(name)}/${key}`);
  return {
    is: `pool ${name} has ${seen === null ? 'an unknown number of' : String(mine.length)} sessions`,
    because: [
      { text: `at least ${String(spec.min)} are kept alive`, source: at('min') },
      { text: `at most ${String(spec.max)}, from index ${String(spec.startIndex)}`, source: at('max') },
      { text: `a surplus goes after ${String(spec.cooldownMs / 1000)} s free`, source: at('cooldown') },
    ],
  };
}

function aboutAccount(input: PlanInput, name: string): About | null {
  const account = input.desired.accounts[name];
  if (account === undefined) return null;
  const spec = input.desired.activeAccounts[account.agent];
  const active = activeAccount(input, account.agent);
  const usable = spec === undefined ? [] : usableAccounts(input, spec);
  const order = spec?.prefer ?? [];
  const until = input.exhaustedUntil.ok ? (input.exhaustedUntil.value[name] ?? null) : null;
  const sources = input.desired.sources;
  const because: Fact[] = [
    { text: `its home is ${account.home}`, source: sourceOf(sources, `/accounts/${pointerStep(name)}`) },
    {
      text: `number ${String(order.indexOf(name) + 1)} of ${order.join(', ')}; select: ${spec?.select ?? 'sticky'}`,
      source: sourceOf(sources, '/activeAccount'),
    },
    { text: `its shared links are ${linksOf(input, name)}`, source: sourceOf(sources, '/sharedState') },
  ];
  if (until !== null && until > input.observed.at) because.push({ text: 'it is exhausted', source: null });
  because.push({
    text: usable.includes(name) ? 'it can be worked under' : 'it cannot be worked under now',
    source: null,
  });
  if (active !== null && active !== name) {
    because.push({
      text: `the active account is ${active}`,
      source: sourceOf(sources, '/activeAccount/link'),
    });
  }
  return { is: `account ${name} is ${active === name ? 'the active account' : 'not active'}`, because };
}

function aboutActiveLink(input: PlanInput, agent: string): About | null {
  const path = input.desired.activeAccounts[agent]?.link;
  if (path == null) return null;
  const link = activeLink(input, agent);
  const is = {
    undeclared: 'is not declared',
    absent: 'does not exist',
    account: `points at ${link.type === 'account' ? link.account : ''}`,
    stuck: `cannot be used: ${link.type === 'stuck' ? link.diagnostic.detail : ''}`,
  }[link.type];
  const source = sourceOf(input.desired.sources, '/activeAccount/link');
  return { is: `${path} ${is}`, because: [{ text: `the active link of ${agent}`, source }] };
}

function aboutLink(input: PlanInput, account: string, entry: string): About | null {
  const link = sharedLinks(input).find((each) => each.account === account && each.entry === entry);
  if (link === undefined) return null;
  const { state } = link;
  const is = {
    intact: 'is intact',
    missing: 'is missing, and nothing is in the way',
    stuck: state.type === 'stuck' ? `is not right: ${state.diagnostic.detail}` : '',
    homeless: 'cannot be made: the home is not there',
  }[state.type];
  const { sources } = input.desired;
  return {
    is: `${link.path} ${is}`,
    because: [
      { text: `${entry} is shared`, source: sourceOf(sources, '/sharedState/entries') },
      { text: `so it must lead to ${link.to}`, source: sourceOf(sources, '/sharedState/root') },
    ],
  };
}

function problems(plan: Plan, address: string): readonly Fact[] {
  return plan.diagnostics
    .filter(({ target }) => target === address)
    .map(({ summary, detail }) => ({ text: `${summary}: ${detail}`, source: null }));
}

function nextOf(input: PlanInput, plan: Plan, address: string): string | null {
  const action = plan.actions.find(({ target }) => target === address);
  if (action !== undefined) return `${action.type} in the next cycle: ${action.because}`;
  const held = plan.withheld.find(({ target }) => target === address);
  if (held === undefined) return null;
  const wait =
    held.until === null
      ? ''
      : `, for ${String(Math.max(0, Math.ceil((held.until - input.observed.at) / 1000)))} s more`;
  return `${held.type} is withheld (${held.reason}${wait}): ${held.because}`;
}
