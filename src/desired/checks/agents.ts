import { BUILTIN_AGENTS } from '../../model/agents.ts';
import { type Finding, wrongKey, wrongValue } from '../finding.ts';
import { at, entries, items, isMap, text, type Written } from '../tree.ts';
import { dotted, shortened } from '../words.ts';
import { knownAgents, unknownName } from './known.ts';
import { riskOf } from '../../model/pattern.ts';

/** Agents that build on nothing, agents named but not there, and patterns that are wrong or could run for ever. */
export function agentFindings(root: Written): Finding[] {
  const known = knownAgents(root);
  const declared = entries(at(root, 'agents'));
  const named = ['accounts', 'pools', 'dedicated'].flatMap((section) =>
    entries(at(root, section)).map(([, node]) => at(node, 'agent')),
  );
  const allowed = entries(at(root, 'inboxes')).flatMap(([, inbox]) => items(at(inbox, 'allow', 'agents')));
  return [
    ...declared.flatMap(([name, agent]) => baseless(name, agent)),
    ...declared.flatMap(([, agent]) => patterns(at(agent, 'screens')).flatMap(riskyPattern)),
    ...[...named, ...allowed].flatMap((node) => unknownName(node, 'agent', known, 'no-such-agent')),
  ];
}

function baseless(name: string, agent: Written): Finding[] {
  const builtin: readonly string[] = BUILTIN_AGENTS;
  if (builtin.includes(name) || !isMap(agent.value) || 'extends' in agent.value) return [];
  const message = `agent "${shortened(name)}" does not say what it builds on`;
  const help = 'add "extends: builtin:claude", or builtin:generic for a program Rollcall does not know';
  return [wrongKey('missing-key', agent.path, message, help)];
}

/** Texts under a key `match`, at any depth. */
function patterns(node: Written): Written[] {
  const inside = Array.isArray(node.value) ? items(node).map((item) => ['', item] as const) : entries(node);
  return inside.flatMap(([key, child]) => (key === 'match' ? [child, ...items(child)] : patterns(child)));
}

function riskyPattern(node: Written): Finding[] {
  const pattern = text(node);
  const risk = pattern === null ? null : riskOf(pattern);
  if (risk === null) return [];
  return [wrongValue('bad-pattern', node.path, `${dotted(node.path)}: ${risk.what}`, risk.help)];
}
