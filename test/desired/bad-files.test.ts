import { describe, expect, test } from 'vitest';
import { body, brief } from './reading.ts';

/** Title, body (from line 4 on), every problem as `code line:column pointer`. */
const CASES: readonly (readonly [title: string, body: string, problems: readonly string[]])[] = [
  ['unknown key', 'poools: {}', ['unknown-key 4:1 /poools']],
  [
    'unknown key deep inside',
    'pools:\n  a: { prefix: a-, max: 1, colour: red }',
    ['unknown-key 5:28 /pools/a/colour'],
  ],
  [
    'a misspelt key that is needed is one mistake',
    'pools:\n  a: { prefx: a-, max: 1 }',
    ['unknown-key 5:8 /pools/a/prefx'],
  ],
  [
    'a wrong word for a key that is needed is one mistake',
    'pools: { a: { name: a-, max: 1 } }',
    ['unknown-key 4:15 /pools/a/name'],
  ],
  ['missing key', 'pools:\n  a: { max: 1 }', ['missing-key 5:3 /pools/a/prefix']],
  [
    'two missing keys',
    'pools: { a: {} }',
    ['missing-key 4:10 /pools/a/prefix', 'missing-key 4:10 /pools/a/max'],
  ],
  ['a section with nothing in it', 'pools:', ['no-value 4:1 /pools']],
  ['a bare ~', 'pools: { a: { prefix: a-, max: 1, cwd: ~ } }', ['no-value 4:40 /pools/a/cwd']],
  ['a list for a map', 'pools: [a]', ['bad-value 4:8 /pools']],
  ['a text for a map', 'reconcile: fast', ['bad-value 4:12 /reconcile']],
  ['a number for a duration', 'reconcile: { every: 15 }', ['bad-value 4:21 /reconcile/every']],
  ['a duration with a space', 'reconcile: { every: 5 m }', ['bad-value 4:21 /reconcile/every']],
  ['a duration without unit inside', 'reconcile: { every: 1h30 }', ['bad-value 4:21 /reconcile/every']],
  ['a busy loop', 'reconcile: { every: 10ms }', ['out-of-bounds 4:21 /reconcile/every']],
  [
    'a duration beyond numbers',
    `quota: { cooldown: ${'9'.repeat(400)}d }`,
    ['out-of-bounds 4:20 /quota/cooldown'],
  ],
  ['a share of nothing', 'reconcile: { maxDisruptions: 0% }', ['bad-value 4:30 /reconcile/maxDisruptions']],
  ['a count of nothing', 'reconcile: { maxDisruptions: 0 }', ['bad-value 4:30 /reconcile/maxDisruptions']],
  ['more than all', 'quota: { switchAt: 101% }', ['bad-value 4:20 /quota/switchAt']],
  ['a size without unit', 'tasks: { maxBytes: 1000 }', ['bad-value 4:20 /tasks/maxBytes']],
  ['a size beyond sense', 'tasks: { maxBytes: 9GiB }', ['out-of-bounds 4:20 /tasks/maxBytes']],
  ['swaps in no time', 'quota: { maxSwaps: 6/0h }', ['out-of-bounds 4:20 /quota/maxSwaps']],
  ['a pool without end', 'pools: { a: { prefix: a-, max: 1001 } }', ['bad-value 4:32 /pools/a/max']],
  ['half a session', 'pools: { a: { prefix: a-, max: 1.5 } }', ['bad-value 4:32 /pools/a/max']],
  [
    'more kept than allowed',
    'pools: { a: { prefix: a-, max: 1, min: 2 } }',
    ['min-above-max 4:40 /pools/a/min'],
  ],
  ['a prefix tmux mangles', 'pools: { a: { prefix: "a.b:", max: 1 } }', ['bad-value 4:23 /pools/a/prefix']],
  ['a session name tmux mangles', 'dedicated: { a.b: {} }', ['bad-name 4:14 /dedicated/a.b']],
  ['a session name like an option', 'dedicated: { -t: {} }', ['bad-name 4:14 /dedicated/-t']],
  [
    'a session name that runs a command',
    'dedicated: { "#(touch x)": {} }',
    ['bad-name 4:14 /dedicated/#(touch x)'],
  ],
  [
    'a session name without end',
    `dedicated: { ${'a'.repeat(65)}: {} }`,
    [`bad-name 4:14 /dedicated/${'a'.repeat(65)}`],
  ],
  [
    'a name of JavaScript',
    'pools:\n  __proto__: { prefix: a-, max: 1 }\n  constructor: {}',
    ['bad-key 5:3 ', 'bad-key 6:3 '],
  ],
  [
    'a key with a tag, which others read as another word',
    'dedicated: { !!binary ops: {} }',
    ['bad-key 4:23 '],
  ],
  [
    'a folder that runs a command',
    "dedicated: { a: { cwd: '/tmp/#(touch x)' } }",
    ['bad-value 4:24 /dedicated/a/cwd'],
  ],
  [
    'a folder with a line break',
    'dedicated: { a: { cwd: "/tmp/\\n" } }',
    ['bad-value 4:24 /dedicated/a/cwd'],
  ],
  ['another user’s home', 'dedicated: { a: { cwd: ~bob/x } }', ['bad-value 4:24 /dedicated/a/cwd']],
  ['a folder of no name', 'dedicated: { a: { cwd: "" } }', ['bad-value 4:24 /dedicated/a/cwd']],
  ['a home that runs a command', "accounts: { a: { home: '#(x)' } }", ['bad-value 4:24 /accounts/a/home']],
  [
    'pools with one prefix that overlap',
    'pools:\n  a: { prefix: a-, max: 10 }\n  b: { prefix: a-, startIndex: 9, max: 1 }',
    ['pool-overlap 6:3 /pools/b'],
  ],
  [
    'pools with prefixes that meet in a number',
    'pools:\n  a: { prefix: a-, startIndex: 10, max: 5 }\n  b: { prefix: a-1, startIndex: 2, max: 1 }',
    ['pool-overlap 6:3 /pools/b'],
  ],
  [
    'three pools on one range',
    'pools:\n  a: { prefix: a-, max: 9 }\n  b: { prefix: a-, max: 9 }\n  c: { prefix: a-, max: 9 }',
    ['pool-overlap 6:3 /pools/b', 'pool-overlap 7:3 /pools/c'],
  ],
  [
    'a dedicated name in the range of a pool',
    'dedicated: { a-3: {} }\npools: { a: { prefix: a-, max: 4 } }',
    ['dedicated-in-pool 4:14 /dedicated/a-3'],
  ],
  [
    'an inbox without its pool',
    'inboxes: { i: { dir: q/in, pool: outo } }\npools: { auto: { prefix: a-, max: 4 } }',
    ['no-such-pool 4:34 /inboxes/i/pool'],
  ],
  [
    'inboxes that share their folders',
    'pools: { p: { prefix: a-, max: 4 } }\ninboxes:\n  i: { dir: q/a, pool: p }\n  j: { dir: q/b, pool: p }',
    ['inbox-folder 7:13 /inboxes/j/dir'],
  ],
  [
    'an inbox in the place of our own folder',
    'pools: { p: { prefix: a-, max: 4 } }\ninboxes: { i: { dir: q/done, pool: p } }',
    ['inbox-folder 5:22 /inboxes/i/dir'],
  ],
  [
    'an unknown agent of a pool',
    'pools: { a: { prefix: a-, max: 1, agent: clude } }',
    ['no-such-agent 4:42 /pools/a/agent'],
  ],
  [
    'an unknown agent of an account',
    'accounts: { a: { home: x, agent: aider } }',
    ['no-such-agent 4:34 /accounts/a/agent'],
  ],
  [
    'an agent that builds on nothing',
    'agents: { aider: { command: [aider] } }',
    ['missing-key 4:11 /agents/aider'],
  ],
  [
    'an agent that builds on nothing known',
    'agents: { a: { extends: builtin:aider } }',
    ['bad-value 4:25 /agents/a/extends'],
  ],
  [
    'an unknown key of an agent',
    'agents: { claude: { colour: red } }',
    ['unknown-key 4:21 /agents/claude/colour'],
  ],
  [
    'an argument that is a number',
    'agents: { claude: { args: [--turns, 5] } }',
    ['bad-value 4:37 /agents/claude/args/1'],
  ],
  [
    'patterns that can blow up',
    "agents:\n  claude:\n    screens:\n      a: { match: '(a+)+$' }\n      b: { match: '(a|ab)*c' }\n      c: { match: '((x?){9}){9}' }\n      d: { match: '(' }\n      e: { match: '^resets (?<at>.+)$' }",
    [
      'bad-pattern 7:19 /agents/claude/screens/a/match',
      'bad-pattern 8:19 /agents/claude/screens/b/match',
      'bad-pattern 9:19 /agents/claude/screens/c/match',
      'bad-pattern 10:19 /agents/claude/screens/d/match',
    ],
  ],
  [
    'two accounts with one home',
    'accounts:\n  a: { home: ~/.c }\n  b: { home: /home/ann/.c/ }\nactiveAccount: { link: l }\nsharedState: { root: r, entries: [projects] }',
    ['same-home 6:14 /accounts/b/home'],
  ],
  [
    'a home in a home',
    'accounts: { a: { home: ~/.c } , b: { home: ~/.c/x } }\nactiveAccount: { link: l }\nsharedState: { root: r, entries: [projects] }',
    ['nested-home 4:44 /accounts/b/home'],
  ],
  [
    'homes of an agent that must be called otherwise',
    'accounts: { a: { home: ~/.a, agent: gemini } , b: { home: ~/b/.gemini, agent: gemini }, c: { home: ~/.c, agent: g } }\nagents: { g: { extends: "builtin:gemini" } }\nactiveAccount: { link: { gemini: ~/.gemini } }\nsharedState: { root: r, entries: { gemini: [tmp] } }',
    ['home-name 4:24 /accounts/a/home', 'home-name 4:100 /accounts/c/home'],
  ],
  [
    'an order that names no account',
    'accounts: { a: { home: x } }\nactiveAccount: { prefer: [b] }',
    ['no-such-account 5:27 /activeAccount/prefer/0'],
  ],
  [
    'an account twice in the order',
    'accounts: { a: { home: x } }\nactiveAccount: { prefer: [a, a] }',
    ['repeated 5:30 /activeAccount/prefer/1'],
  ],
  [
    'a link that is a home',
    'accounts: { a: { home: ~/.claude } }\nactiveAccount: { link: ~/.claude }',
    ['link-in-home 5:24 /activeAccount/link'],
  ],
  [
    'a link inside a home',
    'accounts: { a: { home: ~/.c } }\nactiveAccount: { link: ~/.c/l }',
    ['link-in-home 5:24 /activeAccount/link'],
  ],
  [
    'a link around a home',
    'accounts: { a: { home: ~/.c/h } }\nactiveAccount: { link: ~/.c }',
    ['link-in-home 5:24 /activeAccount/link'],
  ],
  [
    'a link in the shared folder',
    'activeAccount: { link: ~/s/l }\nsharedState: { root: ~/s, entries: [] }',
    ['link-in-shared 4:24 /activeAccount/link'],
  ],
  [
    'a shared folder in a home',
    'accounts: { a: { home: ~/.c } }\nsharedState: { root: ~/.c/s, entries: [projects] }',
    ['shared-in-home 5:22 /sharedState/root'],
  ],
  [
    'a shared folder around a home',
    'accounts: { a: { home: ~/s/.c } }\nsharedState: { root: ~/s, entries: [projects] }',
    ['shared-in-home 5:22 /sharedState/root'],
  ],
  [
    'logins and live state among what is shared',
    'sharedState: { root: r, entries: [.credentials.json, .claude.json, sessions, peer.key, projects] }',
    [
      'never-shared 4:35 /sharedState/entries/0',
      'never-shared 4:54 /sharedState/entries/1',
      'never-shared 4:68 /sharedState/entries/2',
      'never-shared 4:78 /sharedState/entries/3',
    ],
  ],
  [
    'shared entries that lead elsewhere',
    'sharedState: { root: r, entries: [.., a/b] }',
    ['bad-value 4:35 /sharedState/entries/0', 'bad-value 4:39 /sharedState/entries/1'],
  ],
  [
    'one link for accounts of two agents',
    'accounts: { a: { home: x }, b: { home: y, agent: codex } }\nactiveAccount: { link: l }',
    ['ambiguous-agent 5:24 /activeAccount/link'],
  ],
  [
    'links by agents that are none',
    'activeAccount: { link: { claud: l } }',
    ['no-such-agent 4:26 /activeAccount/link/claud'],
  ],
  [
    'a channel of two kinds',
    'notify: { channels: { c: { command: [x], webhook: { url: "http://h" } } } }',
    ['channel-kind 4:23 /notify/channels/c'],
  ],
  ['a channel of no kind', 'notify: { channels: { c: {} } }', ['channel-kind 4:23 /notify/channels/c']],
  [
    'a rule to no channel',
    'notify: { rules: [{ events: [task.done], to: [phone] }] }',
    ['no-such-channel 4:47 /notify/rules/0/to/0'],
  ],
  [
    'a rule about nothing',
    'notify: { rules: [{ events: [], to: [] }] }',
    ['bad-value 4:29 /notify/rules/0/events', 'bad-value 4:37 /notify/rules/0/to'],
  ],
  [
    'no time zone',
    'notify: { quiet: { from: "23:00", to: "07:00", zone: Europe/Pars } }',
    ['no-such-zone 4:54 /notify/quiet/zone'],
  ],
  [
    'no time of day',
    'notify: { quiet: { from: "24:00", to: 7 } }',
    ['bad-value 4:26 /notify/quiet/from', 'bad-value 4:39 /notify/quiet/to'],
  ],
  ['a socket of no name', 'tmux: { socket: "a b" }', ['bad-value 4:17 /tmux/socket']],
  [
    'a socket path the kernel refuses',
    `tmux: { socket: /${'s'.repeat(120)} }`,
    ['out-of-bounds 4:17 /tmux/socket'],
  ],
  [
    'a control character by escape',
    'agents: { claude: { args: ["\\0"] } }',
    ['control-character 4:28 /agents/claude/args/0'],
  ],
  ['a key twice', 'pools: {}\npools: {}', ['duplicate-key 5:1 ']],
  ['an alias', 'pools: &p {}\ndedicated: *p', ['alias 5:12 ']],
  [
    'a merge key',
    'pools: { <<: { a: 1 } }',
    ['bad-name 4:10 /pools/<<', 'missing-key 4:10 /pools/<</max', 'unknown-key 4:16 /pools/<</a'],
  ],
  ['a second document', '---\nname: other', ['second-document 4:1 ']],
  ['a tag', 'pools: !!js/function {}', ['yaml 4:8 ']],
  ['a tab for a space', 'pools:\n\ta: 1', ['yaml 5:1 ']],
  ['an open bracket', 'pools: { a: {', ['yaml 4:14 ']],
  ['an open quote', 'pools: { a: "', ['yaml 4:14 ']],
];

describe('a bad file', () => {
  test.each(CASES)('%s is told at its place', (_, text, problems) => {
    const reading = body(text);
    expect(brief(reading)).toEqual(problems);
    expect(reading.ok).toBe(false);
  });
});

describe('several accounts of one agent and nothing that says which is active', () => {
  test('is a warning, for each agent that has no link', () => {
    const accounts =
      'accounts: { a: { home: ~/.a }, b: { home: ~/.b }, c: { home: ~/.c, agent: codex }, d: { home: ~/.d, agent: codex } }';
    const shared = 'sharedState: { root: r, entries: { claude: [projects], codex: [sessions] } }';
    const warned = (active: string) => {
      const reading = body(`${accounts}\n${active}\n${shared}`);
      expect(reading.ok).toBe(true);
      return brief(reading);
    };
    expect(warned('activeAccount: { link: { codex: ~/.codex } }')).toEqual(['no-active-link 4:1 /accounts']);
    expect(warned('activeAccount: { link: { codex: ~/.codex, claude: ~/.claude } }')).toEqual([]);
  });
});
