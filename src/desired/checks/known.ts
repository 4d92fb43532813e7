import { BUILTIN_AGENTS } from '../../model/agents.ts';
import { closest } from '../../model/suggest.ts';
import { type Finding, wrongValue } from '../finding.ts';
import { at, entries, text, type Written } from '../tree.ts';
import { dotted, shortened } from '../words.ts';

/** An error where the node names something that is not among `known`. */
export function unknownName(
  node: Written,
  what: string,
  known: ReadonlySet<string>,
  code: string,
): Finding[] {
  const name = text(node);
  if (name === null || known.has(name)) return [];
  const message = `${dotted(node.path)} names no ${what}: there is no "${shortened(name)}"`;
  return [wrongValue(code, node.path, message, () => suggestion(name, what, known))];
}

function suggestion(name: string, what: string, known: ReadonlySet<string>): string {
  const all = [...known];
  const near = closest(name, all);
  if (near !== null) return `did you mean "${near}"?`;
  if (all.length === 0) return `no ${what} is declared`;
  return `declared: ${all.slice(0, 8).map(shortened).join(', ')}${all.length > 8 ? ', …' : ''}`;
}

/** Names an agent can be called by: declared in the file or built in. */
export function knownAgents(root: Written): ReadonlySet<string> {
  return new Set([...entries(at(root, 'agents')).map(([name]) => name), ...BUILTIN_AGENTS]);
}

/** `claude` for an agent that builds on `builtin:claude`, whatever its own name. */
export function builtinOf(root: Written, agent: string): string {
  return (text(at(root, 'agents', agent, 'extends')) ?? `builtin:${agent}`).slice('builtin:'.length);
}

/** The agent an account belongs to. */
export function agentOf(account: Written): string {
  return text(at(account, 'agent')) ?? 'claude';
}

/** Agents that have accounts, in written order; `claude` where there are no accounts. */
export function agentsWithAccounts(root: Written): string[] {
  const agents = entries(at(root, 'accounts')).map(([, account]) => agentOf(account));
  return agents.length === 0 ? ['claude'] : [...new Set(agents)];
}
