import { asWarning, type Finding, wrongKey, wrongValue } from '../finding.ts';
import { absolutePath, isWithin, type PathBase } from '../paths.ts';
import { at, entries, isMap, items, text, type Written } from '../tree.ts';
import { dotted } from '../words.ts';
import { agentOf, agentsWithAccounts, builtinOf, knownAgents, unknownName } from './known.ts';

/** Homes that are one or lie in each other, and orders of preference that name no account of the agent. */
export function accountFindings(root: Written, base: PathBase): Finding[] {
  return [...homes(root, base), ...preferences(root), ...plainForSeveral(root), ...unlinked(root)];
}

/** A home of an account, absolute. */
export interface Home {
  readonly account: string;
  readonly node: Written;
  readonly path: string;
}

/** The homes that are written well enough to be compared. */
export function accountHomes(root: Written, base: PathBase): Home[] {
  return entries(at(root, 'accounts')).flatMap(([account, spec]) => {
    const node = at(spec, 'home');
    const written = text(node);
    return written === null || written === '' ? [] : [{ account, node, path: absolutePath(written, base) }];
  });
}

function homes(root: Written, base: PathBase): Finding[] {
  const findings: Finding[] = [];
  const sorted = accountHomes(root, base).map((home, order) => ({ home, order }));
  const seen = new Map<string, Home>();
  for (const { home } of sorted) {
    const same = seen.get(home.path);
    if (same === undefined) seen.set(home.path, home);
    else findings.push(sameHome(home, same));
  }
  findings.push(...accountHomes(root, base).flatMap((home) => misnamed(root, home)));
  for (const home of seen.values()) {
    const around = ancestors(home.path).find((folder) => seen.has(folder));
    if (around !== undefined) findings.push(nestedHome(home, seen.get(around)?.account ?? ''));
  }
  return findings;
}

function sameHome(home: Home, same: Home): Finding {
  const message = `accounts "${same.account}" and "${home.account}" have one home, ${home.path}`;
  return wrongValue('same-home', home.node.path, message, 'one home is one login: give each account its own');
}

/** Agents whose variable names the folder around their home. */
const CALLED: Readonly<Record<string, string>> = { gemini: '.gemini' };

function misnamed(root: Written, { account, node, path }: Home): Finding[] {
  const agent = agentOf(at(root, 'accounts', account));
  const called = CALLED[builtinOf(root, agent)];
  const isOwn = at(root, 'agents', agent, 'home').value !== undefined;
  if (called === undefined || isOwn || path.endsWith(`/${called}`)) return [];
  const message = `the home of "${account}" is not called ${called}: ${agent} keeps everything in a folder of that name`;
  return [wrongValue('home-name', node.path, message, `name the folder itself: ${path}/${called}`)];
}

function nestedHome(home: Home, around: string): Finding {
  const message = `the home of "${home.account}" lies inside the home of "${around}"`;
  return wrongValue('nested-home', home.node.path, message, 'put the homes side by side');
}

function ancestors(path: string): string[] {
  const steps = path.split('/');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/') || '/');
}

function preferences(root: Written): Finding[] {
  const accounts = new Map(entries(at(root, 'accounts')).map(([name, spec]) => [name, agentOf(spec)]));
  const prefer = at(root, 'activeAccount', 'prefer');
  const plain = preferenceList(prefer, new Set(accounts.keys()));
  const byAgent = entries(prefer).flatMap(([agent, list]) => {
    const own = [...accounts].filter(([, of]) => of === agent).map(([name]) => name);
    return preferenceList(list, new Set(own));
  });
  return [...plain, ...byAgent, ...agentKeys(root, prefer)];
}

function preferenceList(list: Written, known: ReadonlySet<string>): Finding[] {
  const seen = new Set<string>();
  return items(list).flatMap((item) => {
    const name = text(item);
    if (name === null) return [];
    if (seen.has(name))
      return [wrongValue('repeated', item.path, `"${name}" is in the order twice`, 'keep one')];
    seen.add(name);
    return unknownName(item, 'account', known, 'no-such-account');
  });
}

/** Keys of a map by agent that name no agent. */
function agentKeys(root: Written, map: Written): Finding[] {
  const known = knownAgents(root);
  return entries(map).flatMap(([agent, value]) =>
    unknownName({ path: value.path, value: agent }, 'agent', known, 'no-such-agent').map(
      (finding): Finding => ({ ...finding, spot: 'key' }),
    ),
  );
}

/** A plain value where accounts of several agents would make it ambiguous. */
function plainForSeveral(root: Written): Finding[] {
  const known = knownAgents(root);
  const agents = agentsWithAccounts(root).filter((agent) => known.has(agent));
  const link = at(root, 'activeAccount', 'link');
  const shared = at(root, 'sharedState', 'entries');
  const keys = [link, shared].flatMap((node) => agentKeys(root, node));
  if (agents.length < 2) return keys;
  const plain = [link, shared].filter(
    (node) => node.value !== undefined && node.value !== null && !isMap(node.value),
  );
  return [...keys, ...plain.map((node) => ambiguous(node, agents))];
}

/** Which account is active is the link's to say: without it there is none to stay with, and no swap to hold back. */
function unlinked(root: Written): Finding[] {
  const link = at(root, 'activeAccount', 'link');
  if (text(link) !== null) return [];
  const agents = entries(at(root, 'accounts')).map(([, spec]) => agentOf(spec));
  const several = agentsWithAccounts(root).filter(
    (agent) => agents.indexOf(agent) !== agents.lastIndexOf(agent),
  );
  return several
    .filter((agent) => text(at(link, agent)) === null)
    .map((agent) => {
      const message = `${agent} has several accounts and no active link: each agent is started under the first that has quota`;
      const help =
        'set activeAccount.link, so that one account is stayed with and quota.cooldown and quota.maxSwaps hold';
      return asWarning(wrongKey('no-active-link', '/accounts', message, help));
    });
}

function ambiguous(node: Written, agents: readonly string[]): Finding {
  const example = `{ ${agents.map((agent) => `${agent}: …`).join(', ')} }`;
  const message = `${dotted(node.path)} must say for which agent: there are accounts of ${agents.join(' and ')}`;
  return wrongValue('ambiguous-agent', node.path, message, `write a map by agent: ${example}`);
}

/** Whether one of the two lies in the other or they are one. */
export function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
