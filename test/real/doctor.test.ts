import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withoutCache } from '../support/tmux.ts';
import { BIN, type FleetMachine, fleetMachine } from './fleet-machine.ts';
import { rawFiles, rawServer } from './world.ts';

const DECLARED = `
apiVersion: rollcall/v1
kind: Fleet
name: real
tmux: { socket: SOCKET }
agents:
  claude: { extends: builtin:claude, command: [PROGRAM] }
accounts:
  main: { home: ~/.claude-main }
sharedState: { root: ~/.claude-shared, entries: [projects] }
pools:
  auto: { prefix: ccl-auto-, max: 2, cwd: ~/ }
`;

/** A fleet whose agent writes wherever it can. */
function machine(): FleetMachine {
  const fleet = fleetMachine(DECLARED);
  onTestFinished(() => fleet.cleanup());
  const program = join(fleet.home, 'claude');
  const writes = ['$HOME', '$CLAUDE_CONFIG_DIR', '$TMPDIR', '$XDG_CACHE_HOME']
    .map((folder) => `(: >"${folder}/x") 2>/dev/null`)
    .join('; ');
  writeFileSync(program, `#!/bin/sh\n${writes}; echo 2.1.330\n`, { mode: 0o755 });
  fleet.write(DECLARED.replace('PROGRAM', program));
  mkdirSync(join(fleet.home, '.claude-main'), { mode: 0o700 });
  return fleet;
}

it.each(['none', 'up', 'kept'] as const)(
  'changes no file, link, session or option, where the tmux server is %s',
  async (server) => {
    const fleet = machine();
    if (server === 'up') fleet.machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
    if (server === 'kept') await fleet.converge();
    const before = [rawFiles(fleet.machine.folder), rawServer(fleet.machine)];
    for (const args of [['doctor'], ['doctor', '-o', 'json']]) {
      const { code, err, out } = await fleet.cli(...args);
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('agent-version');
      expect(out).toContain('2.1.330, as tested');
    }
    expect([rawFiles(fleet.machine.folder), rawServer(fleet.machine)]).toEqual(before);
    expect(existsSync(fleet.machine.socket)).toBe(server !== 'none');
  },
);

const WRITES =
  'open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat,truncate,ftruncate,utimensat,mknod,mknodat';

it.skipIf(!hasStrace())('(needs strace) asks the kernel for no write to any file', () => {
  const fleet = machine();
  fleet.write(DECLARED.replace('PROGRAM', '/nowhere/claude'));
  fleet.machine.tmux('new-session', '-d', '-s', 'theirs', 'sleep', '4000');
  const log = join(fleet.machine.folder, 'strace');
  const args = ['-f', '-qq', '-s', '300', '-o', log, '-e', `trace=${WRITES}`, process.execPath, BIN];
  const traced = (): unknown =>
    execFileSync('strace', [...args, '-f', fleet.file, 'doctor'], {
      env: withoutCache(fleet.machine.env),
      cwd: fleet.home,
      stdio: 'ignore',
    });
  // The agent is not there: 1.
  expect(traced).toThrow('Command failed');
  const calls = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  expect(calls.some((line) => line.includes('desired-state.yaml'))).toBe(true);
  expect(calls.filter(isWrite)).toEqual([]);
});

/** Terminals, /dev/null and /proc hold no data. */
function isWrite(line: string): boolean {
  if (!/\bopen(?:at2?)?\(/.test(line)) return /^\d+ +[a-z0-9]+\(/.test(line);
  return /O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(line) && !/"\/(?:dev|proc)\//.test(line);
}

function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
