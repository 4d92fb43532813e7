import { stringify } from 'yaml';
import { ENTRIES, type Homes } from './init-homes.ts';

export interface TemplateFacts {
  /** Absolute folder of the file. */
  readonly folder: string;
  /** The schema's name, in the same folder. */
  readonly schema: string;
  readonly homes: Homes;
}

/** The text of a first desired-state.yaml: valid as it is, small, and with the rest of the keys in comments. */
export function template({ schema, homes }: TemplateFacts): string {
  return [
    `# yaml-language-server: $schema=./${schema}`,
    '# What this fleet should be. `rollcall plan` shows what would change, `rollcall apply` makes it so,',
    '# `rollcall run` keeps it so.',
    'apiVersion: rollcall/v1',
    'kind: Fleet',
    'name: home                   # its lock, state and ownership stamp go by this name',
    '',
    '# reconcile:',
    '#   every: 15s               # the full look; events only make it come sooner',
    '#   maxDisruptions: 30%      # of owned sessions stopped or relaunched per cycle',
    '#   prune: owned             # owned sessions that are no longer declared are stopped once free; or: never',
    '',
    '# tmux:',
    '#   socket: default          # as tmux -L, or an absolute path as tmux -S',
    '',
    ...accountLines(homes),
    '# Sessions of your own: created if missing, and otherwise never touched.',
    '# dedicated:',
    '#   my-project: { cwd: ~/my-project }',
    '',
    '# Autonomous sessions: agent-0, agent-1, … Nothing outside the range is ever touched.',
    'pools:',
    '  agents:',
    '    prefix: agent-',
    '    startIndex: 0',
    '    min: 1                   # kept alive',
    '    max: 3                   # agent-0 … agent-2',
    '    cwd: .                   # relative to this file',
    '    # cooldown: 5m           # rest after a task before the next one',
    '',
    '# Where tasks for a pool are dropped, as Markdown files.',
    '# inboxes:',
    '#   work: { dir: ./.agent-queue/inbox, pool: agents, cwd: . }',
    '',
  ].join('\n');
}

function accountLines(homes: Homes): string[] {
  const entries = `[${ENTRIES.join(', ')}]`;
  const names = Object.keys(homes.accounts);
  if (names.length === 0) {
    return [
      '# Agent logins, one home folder each; the active link says which one new agents start under.',
      '# accounts:',
      '#   main:   { home: ~/.claude-main }',
      '#   backup: { home: ~/.claude-backup }',
      '# activeAccount: { link: ~/.claude, prefer: [main, backup] }',
      `# sharedState: { root: ~/.claude-shared, entries: ${entries} }`,
      '',
    ];
  }
  return [
    '# Agent logins, one home folder each; the active link says which one new agents start under.',
    'accounts:',
    ...Object.entries(homes.accounts).map(
      ([name, path]) => `  ${scalar(name)}: { home: ${scalar(tilde(path, homes.home))} }`,
    ),
    `activeAccount: { link: ~/.claude, prefer: [${names.map(scalar).join(', ')}] }`,
    '# What every home shares by links, so that a conversation can go on under another account.',
    `sharedState: { root: ~/.claude-shared, entries: ${entries} }`,
    '',
  ];
}

/** As YAML within a flow map, quoted where it must be. */
function scalar(text: string): string {
  return /^[A-Za-z0-9_~/.-]+$/.test(text) ? stringify(text).trimEnd() : JSON.stringify(text);
}

function tilde(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
