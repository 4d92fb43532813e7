import { BUILTIN_AGENTS } from '../../model/agents.ts';
import { asWarning, type Finding, wrongKey, wrongValue } from '../finding.ts';
import { at, entries, items, isMap, text, type Written } from '../tree.ts';
import { dotted, shortened } from '../words.ts';
import { riskOf } from '../../model/pattern.ts';
import { builtinOf, knownAgents, unknownName } from './known.ts';
import { profileFindings } from './profile.ts';

/** Agents that build on nothing, agents named but not there, and what in a profile is wrong or could run for ever. */
export function agentFindings(root: Written): Finding[] {
  const known = knownAgents(root);
  const declared = entries(at(root, 'agents'));
  const named = ['accounts', 'pools', 'dedicated'].flatMap((section) =>
    entries(at(root, section)).map(([, node]) => at(node, 'agent')),
  );
  const pooled = entries(at(root, 'pools')).map(([, pool]) => at(pool, 'agent'));
  const allowed = entries(at(root, 'inboxes')).flatMap(([, inbox]) => items(at(inbox, 'allow', 'agents')));
  return [
    ...declared.flatMap(([name, agent]) => baseless(name, agent)),
    ...declared.flatMap(([, agent]) => patterns(agent).flatMap(riskyPattern)),
    ...declared.flatMap(([, agent]) => profileFindings(agent)),
    ...[...named, ...allowed].flatMap((node) => unknownName(node, 'agent', known, 'no-such-agent')),
    ...[...pooled, ...allowed].flatMap((node) => commandless(root, node)),
  ];
}

function baseless(name: string, agent: Written): Finding[] {
  const builtin: readonly string[] = BUILTIN_AGENTS;
  if (builtin.includes(name) || !isMap(agent.value) || 'extends' in agent.value) return [];
  const message = `agent "${shortened(name)}" does not say what it builds on`;
  const help = 'add "extends: builtin:claude", or builtin:generic for a program Rollcall does not know';
  return [wrongKey('missing-key', agent.path, message, help)];
}

/** An agent that tasks are to be given to, and that nobody says how to start. */
function commandless(root: Written, node: Written): Finding[] {
  const agent = text(node);
  if (agent === null || builtinOf(root, agent) !== 'generic') return [];
  if (at(root, 'agents', agent, 'command').value !== undefined) return [];
  const message = `${dotted(node.path)}: nothing says how to start the agent "${shortened(agent)}"`;
  const help = `say its program: agents: { ${shortened(agent)}: { command: [PROGRAM] } }; until then it gets no task`;
  return [asWarning(wrongValue('no-command', node.path, message, help))];
}

const WITH_PATTERNS = ['screens', 'hooks', 'transcript'];

/** Texts under a key `match` of its profile, at any depth. */
function patterns(agent: Written): Written[] {
  return WITH_PATTERNS.flatMap((key) => matches(at(agent, key)));
}

function matches(node: Written): Written[] {
  const inside = Array.isArray(node.value) ? items(node).map((item) => ['', item] as const) : entries(node);
  return inside.flatMap(([key, child]) => (key === 'match' ? [child, ...items(child)] : matches(child)));
}

function riskyPattern(node: Written): Finding[] {
  const pattern = text(node);
  const risk = pattern === null ? null : riskOf(pattern);
  if (risk === null) return [];
  return [wrongValue('bad-pattern', node.path, `${dotted(node.path)}: ${risk.what}`, risk.help)];
}
