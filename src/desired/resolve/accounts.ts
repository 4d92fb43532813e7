import type { AccountSpec, ActiveAccountSpec } from '../../model/desired.ts';
import { absolutePath, type PathBase } from '../paths.ts';
import type { WrittenState } from '../schema/written-state.ts';
import { mapValues } from './fill.ts';

export function accountsOf(written: WrittenState, base: PathBase): Record<string, AccountSpec> {
  return mapValues(written.accounts ?? {}, (account) => ({
    agent: account.agent ?? 'claude',
    home: absolutePath(account.home, base),
  }));
}

/** One for each agent that has accounts. */
export function activeAccountsOf(written: WrittenState, base: PathBase): Record<string, ActiveAccountSpec> {
  const link = written.activeAccount?.link ?? {};
  const links: Readonly<Record<string, string>> =
    typeof link === 'string' ? { [onlyAgent(written)]: link } : link;
  const specs = accountAgents(written).map((agent): [string, ActiveAccountSpec] => {
    const own = links[agent];
    return [
      agent,
      {
        link: own === undefined ? null : absolutePath(own, base),
        prefer: preferred(written, agent),
        select: written.activeAccount?.select ?? 'sticky',
      },
    ];
  });
  return Object.fromEntries(specs);
}

/** The agent a value that names none is for: the one with accounts, claude where there are none. */
export function onlyAgent(written: WrittenState): string {
  return accountAgents(written)[0] ?? 'claude';
}

/** Every account of the agent: the ones in `prefer` first, then as written. */
function preferred(written: WrittenState, agent: string): string[] {
  const prefer = written.activeAccount?.prefer ?? [];
  const first = Array.isArray(prefer) ? prefer : (prefer[agent] ?? []);
  const own = Object.entries(written.accounts ?? {})
    .filter(([, account]) => (account.agent ?? 'claude') === agent)
    .map(([name]) => name);
  return [...first.filter((name) => own.includes(name)), ...own.filter((name) => !first.includes(name))];
}

/** Agents that have accounts, in written order. */
function accountAgents(written: WrittenState): string[] {
  return [...new Set(Object.values(written.accounts ?? {}).map(({ agent }) => agent ?? 'claude'))];
}
