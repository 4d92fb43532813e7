import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/tmux.ts';

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SYSTEMD = '/lib/systemd/systemd';

/** What a command inside gave. */
export interface Inside {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** A user manager of the test's own, in mount and pid namespaces of its own; the temporary folder is shared. */
export interface UserManager {
  /** Also `$HOME` inside. */
  readonly home: string;
  /** What a login there would have, with `rollcall` on its PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** A shell line inside, by a login of that user. */
  sh(line: string, env?: Readonly<Record<string, string>>): Inside;
  /** The same, and its output; throws where it fails. */
  ok(line: string): string;
  /** A property of a unit. */
  show(unit: string, property: string): string;
  /** Ends the manager and everything in the namespaces. */
  close(): Promise<void>;
}

/** Why there can be no manager here, or null. */
export function noManager(): string | null {
  if (!existsSync(SYSTEMD)) return 'systemd is not installed';
  const tried = spawnSync('unshare', [...NAMESPACES, 'sh', '-c', `${MOUNTS} && ${ownCgroup(TRIED)}`], {
    encoding: 'utf8',
  });
  removeCgroups(TRIED);
  return tried.status === 0 ? null : `no namespaces of our own: ${tried.stderr.trim()}`;
}

export async function userManager(): Promise<UserManager> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-systemd-')));
  const cgroup = `rollcall-test-${String(process.pid)}`;
  const env = environment(home);
  const start = `${MOUNTS} && ${ownCgroup(cgroup)} && { ${SYSTEMD} --user & cat >/dev/null; }`;
  const holder = spawn('unshare', [...NAMESPACES, 'sh', '-c', start], {
    env,
    // The end of this process closes the pipe, which ends the first process inside, and with it all others.
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const first = await until(() => firstInside(holder));
  const sh: UserManager['sh'] = (line, more = {}) => {
    const ran = spawnSync('nsenter', ['-t', String(first), '-m', '-p', '--wd=' + home, 'sh', '-c', line], {
      env: { ...env, ...more },
      encoding: 'utf8',
    });
    return { status: ran.status, out: ran.stdout.trimEnd(), err: ran.stderr.trimEnd() };
  };
  const ok: UserManager['ok'] = (line) => {
    const { status, out, err } = sh(line);
    if (status !== 0) throw new Error(`${line}: ${String(status)} ${err} ${out}`);
    return out;
  };
  await until(() => /running|degraded/.test(sh('systemctl --user is-system-running').out), 20_000);
  return {
    home,
    env,
    sh,
    ok,
    show: (unit, property) => ok(`systemctl --user show --value -p ${property} ${unit}`),
    async close() {
      process.kill(first, 'SIGKILL');
      if (holder.exitCode === null) await new Promise((resolve) => holder.once('exit', resolve));
      removeCgroups(cgroup);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const NAMESPACES = ['-m', '-p', '-f', '--mount-proc', '--propagation', 'private'];

/** systemd refuses to start without /run/systemd/system, and without a cgroup v2 tree it may write to. */
const MOUNTS = [
  // Whatever goes wrong in here, nothing reaches a default tmux socket.
  '{ [ ! -d /tmp/tmux-0 ] || mount -t tmpfs tmpfs /tmp/tmux-0; }',
  'mount -t tmpfs tmpfs /run',
  'mkdir -p /run/systemd/system /run/user/0',
  'chmod 700 /run/user/0',
  'umount -R /sys/fs/cgroup',
  'mount -t cgroup2 none /sys/fs/cgroup',
].join(' && ');

const TRIED = `rollcall-try-${String(process.pid)}`;

function ownCgroup(name: string): string {
  return `mkdir -p /sys/fs/cgroup/${name} && echo $$ >/sys/fs/cgroup/${name}/cgroup.procs`;
}

function removeCgroups(name: string): void {
  const remove = `${MOUNTS} && find /sys/fs/cgroup/${name} -depth -type d -exec rmdir {} +`;
  spawnSync('unshare', [...NAMESPACES, 'sh', '-c', remove], { stdio: 'ignore' });
}

/** The pid, as seen from here, of the first process inside. */
function firstInside({ pid, exitCode }: ChildProcess): number | null {
  if (pid === undefined || exitCode !== null) throw new Error('the namespaces could not be made');
  const id = String(pid);
  const child = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').trim();
  return child === '' ? null : Number(child);
}

function environment(home: string): Readonly<Record<string, string>> {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(ROOT, 'bin/rollcall.js'), join(bin, 'rollcall'));
  symlinkSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(home, '.tmux.conf'), '');
  return {
    HOME: home,
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    USER: 'root',
    TMUX_TMPDIR: home,
    XDG_RUNTIME_DIR: '/run/user/0',
  };
}
