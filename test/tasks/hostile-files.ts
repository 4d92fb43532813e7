import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { HEAVY } from '../real/fleet-machine.ts';

/** Something in an inbox, and what must become of it: a reason of rejection, or `done`: given to an agent as it is. */
export interface HostileFile {
  readonly name: string | Buffer;
  readonly becomes: readonly string[];
  /** Makes it at this path, in a folder beside which `home` may be hurt. */
  readonly make: (path: string | Buffer, home: string) => void;
}

/** Would leave a file `ran` in the home if anybody carried it out. */
const EVIL = 'touch ~/ran; touch "$HOME/ran"';

const bytes =
  (content: string | Uint8Array): HostileFile['make'] =>
  (path) =>
    writeFileSync(path, content);

function text(name: string, content: string, ...becomes: readonly string[]): HostileFile {
  return { name, becomes, make: bytes(content) };
}

/** Frontmatter that tries to be more than words. */
const HEADS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'js-frontmatter': [`---js\nrequire('child_process').execSync('${EVIL}')\n---\nx\n`, 'malformed'],
  'json-frontmatter': ['---json\n{}\n---\nx\n', 'malformed'],
  traversal: ['---\nid: ../../../evil\n---\nx\n', 'malformed'],
  'absolute-id': ['---\nid: /etc/evil\n---\nx\n', 'malformed'],
  'root-folder': ['---\ncwd: /\n---\nx\n', 'not-allowed'],
  'folder-above': ['---\ncwd: ../..\n---\nx\n', 'not-allowed'],
  'folder-traversal': ['---\ncwd: ~/work/../../..\n---\nx\n', 'not-allowed'],
  'model-shell': ['---\nmodel: "x; rm -rf"\n---\nx\n', 'malformed', 'not-allowed'],
  'model-option': ['---\nmodel: --dangerously-skip-permissions\n---\nx\n', 'malformed', 'not-allowed'],
  'other-agent': ['---\nagent: codex\n---\nx\n', 'not-allowed'],
  'unknown-key': ['---\nrun: "touch ran"\n---\nx\n', 'malformed'],
  prototype: ['---\n__proto__: { polluted: true }\nconstructor: x\n---\nx\n', 'malformed'],
  'duplicate-key': ['---\nid: a\nid: b\n---\nx\n', 'malformed'],
  'yaml-tag': ['---\ntitle: !!js/function "function(){}"\n---\nx\n', 'malformed'],
  'yaml-bomb': [
    `---\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'.replaceAll(/./g, (c) => `${c}: &${c} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n`)}---\nx\n`,
    'malformed',
  ],
  'title-lines': ['---\ntitle: "a\\nb"\n---\nx\n', 'malformed', 'control-characters'],
  unclosed: ['---\ntitle: a\nno end\n', 'malformed'],
  'a-list': ['---\n- a\n- b\n---\nx\n', 'malformed'],
  'huge-number': ['---\nretries: 99999999999999999999\n---\nx\n', 'malformed'],
};

/** Bodies that tmux, a shell or a terminal might take for more than words. */
const BODIES: Readonly<Record<string, readonly [string | Uint8Array, ...string[]]>> = {
  'end-of-paste': [`before \u001B[201~\r${EVIL}\r`, 'control-characters'],
  nul: ['a\0b\n', 'control-characters', 'not-utf8'],
  'c1-controls': ['a \u009B201~ b\n', 'control-characters'],
  'not-utf8': [Uint8Array.from([0x61, 0xff, 0xfe, 0x62, 0x0a]), 'not-utf8'],
  binary: [Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256), 'control-characters', 'not-utf8'],
  'ten-megabytes': ['x'.repeat(10 * 1024 * 1024), 'too-large'],
  'only-blanks': ['   \n\t\n\n', 'empty'],
  semicolon: ['end with a semicolon;', 'done'],
  'tmux-format': [`#(${EVIL}) #{pane_id} #[fg=red]\n`, 'done'],
  shell: [`$(${EVIL}) \`${EVIL}\` && ${EVIL}\n`, 'done'],
  'looks-like-options': ['--help\n-p\n--dangerously-skip-permissions\n', 'done'],
  'looks-like-a-command': ['/exit\n', 'done'],
  'title-format': [`---\ntitle: "#(touch ~/ran) $(touch ~/ran) ;"\n---\nx\n`, 'done'],
};

/** Names that a shell, tmux or a terminal might take for more than names. */
const NAMES: readonly (readonly [string | Buffer, ...string[]])[] = [
  ['$(touch ~ran).md', 'done'],
  ['#(touch ran).md', 'done'],
  ['-rf.md', 'done'],
  ['a b;c \'d\' "e".md', 'done'],
  ['=ccl-auto-11.md', 'done'],
  ['x@ccl-auto-11@abcd.md', 'done'],
  ['--------.md', 'bad-name'],
  ['漢字.md', 'bad-name', 'done'],
  ['new\nline.md', 'bad-name'],
  ['esc\u001B[2J.md', 'bad-name'],
  [Buffer.from([0x62, 0x61, 0x64, 0xff, 0x2e, 0x6d, 0x64]), 'bad-name'],
  [`${'n'.repeat(252)}.md`, 'done', 'bad-name'],
];

/** Things that are no files at all, or not only this one. */
const THINGS: readonly HostileFile[] = [
  thing('hundred-gigabytes.md', 'too-large', (path) => {
    writeFileSync(path, '');
    truncateSync(path, 100 * 1024 ** 3);
  }),
  thing('fifo.md', 'not-a-file', (path) => execFileSync('mkfifo', [path])),
  thing('device.md', 'not-a-file', (path) => execFileSync('mknod', [path, 'c', '1', '5'])),
  thing('folder.md', 'not-a-file', (path) => mkdirSync(path)),
  thing('socket.md', 'not-a-file', (path) => void createServer().listen(path).unref()),
  thing('link-to-secret.md', 'not-a-file', (path, home) => {
    writeFileSync(join(home, 'secret'), 'a secret\n');
    symlinkSync(join(home, 'secret'), path);
  }),
  thing('dangling.md', 'not-a-file', (path) => symlinkSync('/nonexistent', path)),
  thing('link-to-itself.md', 'not-a-file', (path) => symlinkSync(path, path)),
  thing('hard-link.md', 'hard-link', (path, home) => {
    writeFileSync(join(home, 'other-name'), 'words\n');
    linkSync(join(home, 'other-name'), path);
  }),
];

function thing(name: string, becomes: string, make: (path: string, home: string) => void): HostileFile {
  return { name, becomes: [becomes], make: (path, home) => make(String(path), home) };
}

/** An empty file counts as one that is being written for half a minute: only the heavy version waits for it. */
const SLOW: readonly HostileFile[] = [{ name: 'zero.md', becomes: ['empty'], make: bytes('') }];

/** Every one of them; devices only where this user may make them. */
export const HOSTILE_FILES: readonly HostileFile[] = [
  ...[...Object.entries(HEADS), ...Object.entries(BODIES)].map(
    ([name, [content, ...becomes]]): HostileFile => ({
      name: `${name}.md`,
      becomes,
      make: bytes(content),
    }),
  ),
  ...NAMES.map(([name, ...becomes]): HostileFile => ({ name, becomes, make: bytes('Just words.\n') })),
  ...(HEAVY ? SLOW : []),
  ...THINGS.filter(({ name }) => name !== 'device.md' || process.getuid?.() === 0),
];

/** Nobody's business: what an inbox may hold besides tasks. */
export const STRAYS: readonly HostileFile[] = [
  text('.hidden.md', 'x\n', 'left'),
  text('notes.txt', 'x\n', 'left'),
  text('task.md~', 'x\n', 'left'),
  text('.md', 'x\n', 'left'),
];
