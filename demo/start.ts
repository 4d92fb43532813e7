/**
 * `npm start`: brings up the demo fleet on its own tmux server and in its own folder, keeps it converged, and takes
 * everything away again on Ctrl-C. `npm start -- --once` converges, prints the status and ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { acquireLock } from '../src/host/state/lock.ts';
import { demoEnvironment, FOLDER, makeDemo, removeDemo, ROOT, SOCKET_NAME } from './place.ts';

const ROLLCALL = join(ROOT, 'bin', 'rollcall.js');
const env = demoEnvironment();

const HINTS = `
The demo fleet is up and is kept so. In another terminal, in this folder:

  npm run demo -- status                                   how it is
  npm run demo -- plan                                     what would change (nothing, now)
  npm run demo -- why auto-11                              why it is as it is
  npm run demo -- tmux kill-session -t =auto-11            kill a session: it is back within a second
  npm run demo -- tmux kill-server                         kill them all
  ln -sfn /tmp .demo/claude-backup/projects                break a link: reported, never overwritten
  rm .demo/claude-backup/projects                          take it away: the right one is made
  npm run demo -- attach auto-11                           look inside (Ctrl-b d to leave)
  edit desired-state.yaml (min: 3)                         and watch it follow

Ctrl-C here ends it and takes everything away again. What the loop does:

`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== '--once')) return usage();
  if (spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status !== 0) return tmuxMissing();
  makeDemo();
  const command = 'npm start';
  const holder = { pid: process.pid, procStart: null, since: Date.now(), host: 'localhost', command };
  const lock = acquireLock(FOLDER, holder);
  if (!lock.ok) {
    process.stderr.write(`The demo already runs here (pid ${String(lock.holder?.pid ?? 'unknown')}).\n`);
    return 6;
  }
  // What a demo that was killed left behind is the demo's own.
  endServer();
  try {
    return args.includes('--once') ? once() : await keep();
  } finally {
    endServer();
    lock.release();
    removeDemo();
  }
}

function once(): number {
  const applied = rollcall('apply', '--yes');
  return applied === 0 ? rollcall('status') : applied;
}

/** The loop in the foreground. Ctrl-C reaches it and us alike; it ends by itself and we clear up. */
async function keep(): Promise<number> {
  const first = rollcall('apply', '--yes');
  if (first !== 0) return first;
  rollcall('status');
  process.stdout.write(HINTS);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => loop.kill('SIGTERM'));
  const loop = spawn(process.execPath, [ROLLCALL, 'run'], { env, stdio: 'inherit' });
  const code = await new Promise<number>((resolve) => {
    loop.on('exit', (status) => resolve(status ?? 1));
  });
  process.stdout.write('\nThe demo is over; its tmux server and its folder are gone.\n');
  return code === 130 ? 0 : code;
}

function rollcall(...args: readonly string[]): number {
  return spawnSync(process.execPath, [ROLLCALL, ...args], { env, stdio: 'inherit' }).status ?? 1;
}

function endServer(): void {
  spawnSync('tmux', ['-L', SOCKET_NAME, 'kill-server'], { env, stdio: 'ignore' });
}

function usage(): number {
  process.stderr.write('usage: npm start [-- --once]\n');
  return 64;
}

function tmuxMissing(): number {
  process.stderr.write('tmux is not installed; on Debian: apt-get install tmux\n');
  return 1;
}
