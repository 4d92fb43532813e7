import { stringify } from 'yaml';
import { safeText } from '../../report/safe-text.ts';
import { cwdOf, type Draft, type DraftPool } from './draft.ts';
import type { FoundSession } from './look.ts';

/** How paths are written. */
export interface Writing {
  readonly userHome: string;
  /** The schema's name, in the file's folder. */
  readonly schema: string;
}

/** The text of a desired-state file that declares what was found; a comment at each entry says what was seen. */
export function draftText(draft: Draft, writing: Writing): string {
  return [
    `# yaml-language-server: $schema=./${writing.schema}`,
    `# What ran when \`rollcall init --from-tmux\` looked: it is declared as it was, so that there is nothing to do.`,
    '# `rollcall plan` shows what an edit would do, `rollcall apply` does it, `rollcall run` keeps it so.',
    'apiVersion: rollcall/v1',
    'kind: Fleet',
    `name: ${scalar(draft.name)}`,
    ...(draft.socket === 'default' ? [] : ['', `tmux: { socket: ${scalar(draft.socket)} }`]),
    ...accountLines(draft, writing),
    ...dedicatedLines(draft, writing),
    ...poolLines(draft, writing),
    ...leftLines(draft),
    '',
  ].join('\n');
}

function accountLines({ homes: { accounts, links, shared } }: Draft, writing: Writing): string[] {
  const names = Object.keys(accounts);
  if (names.length === 0) return [];
  const lines = Object.entries(accounts).map(([name, { agent, home }]) => {
    const of = agent === 'claude' ? '' : `, agent: ${scalar(agent)}`;
    return `  ${scalar(name)}: { home: ${path(home, writing)}${of} }`;
  });
  const linked = Object.entries(links).map(([agent, link]) => `${scalar(agent)}: ${path(link, writing)}`);
  return [
    '',
    '# Agent logins, one home folder each.',
    'accounts:',
    ...lines,
    ...(linked.length === 0
      ? ['# activeAccount: { link: ~/.claude }   # once that is a link and not a folder']
      : [
          '# Which one new agents start under: where the link leads.',
          `activeAccount: { link: { ${linked.join(', ')} } }`,
        ]),
    ...(shared === null
      ? [
          '# sharedState: { root: ~/.claude-shared, entries: [projects] }   # what a conversation needs to go on elsewhere',
        ]
      : [
          '# What every Claude home shares by links, so that a conversation can go on under another account.',
          `sharedState: { root: ${path(shared.root, writing)}, entries: { claude: [${shared.entries.map(scalar).join(', ')}] } }`,
        ]),
  ];
}

function dedicatedLines({ dedicated }: Draft, writing: Writing): string[] {
  if (dedicated.length === 0)
    return [
      '',
      '# Sessions of your own: created if missing, and otherwise never touched.',
      '# dedicated:',
      '#   my-project: { cwd: ~/my-project }',
    ];
  const entries = dedicated.flatMap((session) => {
    const cwd = cwdOf(session);
    const agents = new Set(session.agents.map(({ agent }) => agent));
    const [agent, ...others] = agents;
    const of = agent === undefined || others.length > 0 ? '' : `, agent: ${scalar(agent)}`;
    return [
      `  # ${seen(session, writing)}${cwd === null ? `; made anew it would start at home: ${folderWords(session)}` : ''}`,
      `  ${scalar(session.name)}: { cwd: ${path(cwd ?? writing.userHome, writing)}${of} }`,
    ];
  });
  return [
    '',
    '# Sessions of your own: created if missing, and otherwise never touched.',
    'dedicated:',
    ...entries,
  ];
}

function poolLines({ pools, alike }: Draft, writing: Writing): string[] {
  const declared = pools.flatMap((pool) => [
    ...pool.sessions.map((session) => `  # ${session.name}: ${seen(session, writing)}`),
    `  ${poolLine(pool, writing)}`,
  ]);
  const suggested = alike.flatMap((pool) => suggestion(pool, pools.length > 0, writing));
  return [
    '',
    '# Autonomous sessions. Nothing outside a range is ever touched.',
    ...(pools.length === 0
      ? ['# pools:', '#   agents: { prefix: agent-, startIndex: 0, min: 1, max: 3, cwd: . }']
      : ['pools:', ...declared]),
    ...suggested,
  ];
}

function poolLine({ name, prefix, startIndex, min, max, cwd, agent }: DraftPool, writing: Writing): string {
  const of = agent === 'claude' ? '' : `, agent: ${scalar(agent)}`;
  const at = cwd === '.' ? '.' : path(cwd, writing);
  return `${scalar(name)}: { prefix: ${scalar(prefix)}, startIndex: ${String(startIndex)}, min: ${String(min)}, max: ${String(max)}, cwd: ${at}${of} }`;
}

/** Named like a pool's, and somebody's own: to be a pool's they must be given to the fleet, by hand. */
function suggestion(pool: DraftPool, hasPools: boolean, writing: Writing): string[] {
  const names = pool.sessions.map(({ name }) => name);
  return [
    '',
    `# ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} named like a pool. To make them one, take their lines out of \`dedicated\`, take the # off`,
    `# the ${hasPools ? 'line' : 'two lines'} below, and give each to the fleet; what runs in them is left alone:`,
    ...names.map((name) => `#   rollcall adopt ${name}`),
    ...(hasPools ? [] : ['# pools:']),
    `#   ${poolLine(pool, writing)}`,
  ];
}

function leftLines({ left }: Draft): string[] {
  if (left.length === 0) return [];
  return [
    '',
    '# Not declared, and so left alone:',
    ...left.map(({ session, why }) => `#   ${safeText(JSON.stringify(session.name))}: ${safeText(why)}`),
  ];
}

/** What there was, for whoever reads the file. */
function seen({ panes, dead, attached, agents, stamp }: FoundSession, { userHome }: Writing): string {
  const parts = [
    `${String(panes)} pane${panes === 1 ? '' : 's'}${dead === 0 ? '' : `, ${String(dead)} of them dead`}`,
    ...agents.map(
      ({ agent, pane, home }) =>
        `${agent} in ${pane}${home === null ? '' : ` under ${safeText(tilde(home, userHome))}`}`,
    ),
    ...(attached ? ['somebody attached'] : []),
    ...(stamp?.work === null || stamp === null ? [] : ['with a task']),
  ];
  return parts.join('; ');
}

function folderWords({ cwd }: FoundSession): string {
  if (cwd === '') return 'its folder cannot be told any more';
  return /[#\p{Cc}]/u.test(cwd)
    ? `${safeText(cwd)} has a character that tmux would take for a command`
    : `${safeText(cwd)} is not there any more`;
}

function path(text: string, { userHome }: Writing): string {
  return scalar(tilde(text, userHome));
}

function tilde(text: string, userHome: string): string {
  if (text === userHome) return '~/';
  return userHome !== '/' && text.startsWith(`${userHome}/`) ? `~${text.slice(userHome.length)}` : text;
}

/** As YAML within a flow map, quoted where it must be. */
function scalar(text: string): string {
  return /^[A-Za-z_~/][A-Za-z0-9_~/.@+-]*$/.test(text) && text !== '~'
    ? stringify(text).trimEnd()
    : JSON.stringify(text);
}
