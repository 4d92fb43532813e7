/**
 * `npm start`: brings up the demo fleet on its own tmux server and in its own folder, works off the tasks in its
 * inbox, keeps it converged, and takes everything away again on Ctrl-C. `npm start -- --once` ends by itself once the
 * tasks are worked off, and shows what has become of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from '../src/host/state/lock.ts';
import { queueFolders } from '../src/model/queue.ts';
import { EXIT } from '../src/model/words.ts';
import { demoEnvironment, FOLDER, INBOX, makeDemo, removeDemo, ROOT, SOCKET_NAME } from './place.ts';

const ROLLCALL = join(ROOT, 'bin', 'rollcall.js');
const env = demoEnvironment();

const HINTS = `
The demo fleet is up, and works off the tasks in its inbox. In another terminal, in this folder:

  npm run demo -- status                                   how it is
  npm run demo -- task list                                where each task is
  npm run demo -- task show 4-fetch-the-moon               why one has failed
  npm run demo -- attach auto-11                           look inside (Ctrl-b d to leave)
  npm run demo -- task add --text "Look around."           one more
  npm run demo -- events                                   what happened

One task asks a question and waits for you: \`status\` says in which session. Attach there, choose a colour, leave.

  npm run demo -- why auto-11                              why it is as it is
  npm run demo -- tmux kill-session -t =auto-11            kill a session: it is back within a second
  npm run demo -- tmux kill-server                         kill them all
  ln -sfn /tmp .demo/claude-backup/projects                break a link: reported, never overwritten
  rm .demo/claude-backup/projects                          take it away: the right one is made
  edit desired-state.yaml (min: 3)                         and watch it follow

Ctrl-C here ends it and takes everything away again. What the loop does:

`;

/** So long \`--once\` waits for its tasks. */
const ONCE_MS = 18_000;

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
    return args.includes('--once') ? await once() : await keep();
  } finally {
    endServer();
    lock.release();
    removeDemo();
  }
}

/** Converges, works off the tasks until nothing more comes of it by itself, shows what has become of them, and ends. */
async function once(): Promise<number> {
  const applied = rollcall('apply', '--yes');
  if (applied !== 0 && applied !== EXIT.notConverged) return applied;
  const loop = spawn(process.execPath, [ROLLCALL, 'run'], { env, stdio: 'inherit' });
  const ended = new Promise<void>((resolve) => {
    loop.on('exit', () => resolve());
  });
  const deadline = Date.now() + ONCE_MS;
  while (loop.exitCode === null && Date.now() < deadline && !worked()) await sleep(300);
  const shown = [rollcall('task', 'list'), rollcall('status')];
  loop.kill('SIGTERM');
  await ended;
  return shown.find((code) => code !== 0) ?? 0;
}

/** Whether every task has ended, but for the one that waits for somebody's answer. */
function worked(): boolean {
  const { inbox, claimed } = queueFolders(INBOX);
  const left = [inbox, claimed].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  return left.every((name) => name.startsWith('3-pick-a-colour@'));
}

/** The loop in the foreground. Ctrl-C reaches it and us alike; it ends by itself and we clear up. */
async function keep(): Promise<number> {
  const first = rollcall('apply', '--yes');
  // Withheld is what waits for somebody or something: the loop goes on with it.
  if (first !== 0 && first !== EXIT.notConverged) return first;
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
