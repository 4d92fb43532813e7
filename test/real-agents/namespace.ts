import { execFileSync } from 'node:child_process';

/** Gives the command line that runs another one where there is no network but loopback. */
export type Enter = (command: readonly string[]) => readonly string[];

/** A way in, or why there is none. */
export type Namespace =
  | { readonly type: 'ok'; readonly enter: Enter }
  | { readonly type: 'none'; readonly why: string };

/**
 * Finds out how this machine lets us have a network namespace with loopback only, by doing it. With one of processes,
 * too, where that can be had: all that was started in it then ends with it, whatever became of the tests. `tmp`: this
 * folder stands for /tmp in there.
 */
export function namespace(tmp: string | null): Namespace {
  const refusals: string[] = [];
  for (const flags of WAYS) {
    const enter = entering(flags, tmp);
    const refusal = tried(enter);
    if (refusal === null) return { type: 'ok', enter };
    refusals.push(refusal);
  }
  return {
    type: 'none',
    why: `no network namespace can be made here (${[...new Set(refusals)].join('; ')})`,
  };
}

const PROCESSES = ['--pid', '--fork', '--kill-child', '--mount-proc'];
const AS_USER = process.getuid?.() === 0 ? [] : ['-r'];
const WAYS = [
  [...AS_USER, '-n', '-m', ...PROCESSES],
  [...AS_USER, '-n', '-m'],
];

/**
 * `ip` is not everywhere, perl is on every Debian: flags UP and RUNNING by SIOCSIFFLAGS. The shell stays as the first
 * process of its namespace, to whom orphans come and who waits for them.
 */
const INSIDE = `
if [ -n "$1" ]; then mount --bind "$1" /tmp || exit 97; fi
shift
ip link set lo up 2>/dev/null || perl -e 'socket(S, 2, 2, 0) or exit 1; my $r = pack("a16sx14", "lo", 0x41); ioctl(S, 0x8914, $r) or exit 1' || exit 98
"$@"
exit $?
`;

function entering(flags: readonly string[], tmp: string | null): Enter {
  return (command) => ['unshare', ...flags, '--', 'sh', '-c', INSIDE, 'inside', tmp ?? '', ...command];
}

/** Loopback is up in there, and nothing else is there. */
const CHECK = [
  "const { networkInterfaces } = require('node:os');",
  'const names = Object.keys(networkInterfaces());',
  "if (names.join() !== 'lo') { console.error('interfaces: ' + names.join()); process.exit(1); }",
].join(' ');

function tried(enter: Enter): string | null {
  const [program = '', ...args] = enter([process.execPath, '-e', CHECK]);
  try {
    execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout: 20_000 });
    return null;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return (said === '' ? String(error) : said).split('\n')[0]?.slice(0, 200) ?? 'refused';
  }
}
