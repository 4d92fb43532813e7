import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openHost } from '../src/host/host.ts';
import { listQuery, stampsQuery } from '../src/host/tmux/query.ts';
import type { DesiredState } from '../src/model/desired.ts';
import { NO_MEMORY } from '../src/model/memory.ts';
import { lookCache } from '../src/observe/look-cache.ts';
import { type LookContext, observe } from '../src/observe/look.ts';
import { desired, pool } from '../test/support/fleet.ts';
import { machine, table, takingTurns, timed } from './measure.ts';
import { inSandbox, type Sandbox } from './sandbox.ts';

const SIZES = [10, 100, 500];
const ROUNDS = 15;
const ENTRIES = ['projects', 'file-history', 'session-env'];
const MARK = '0123456789abcdef0123456789abcdef';

const profileOf = () => ({ homeEnv: 'CLAUDE_CONFIG_DIR', defaultHome: '~/.claude', process: ['claude'] });

/** What a look costs beside the two tmux invocations it cannot do without, as Markdown. */
export async function lookTable(): Promise<string> {
  const rows: string[][] = [];
  for (const size of SIZES) rows.push(await inSandbox((sandbox) => row(sandbox, size)));
  const head = ['sessions', 'two bare tmux commands', 'one look', 'look / bare', 'look per session'];
  return [`Median of ${String(ROUNDS)} rounds, milliseconds. ${machine()}.`, '', table(head, rows)].join(
    '\n',
  );
}

async function row({ folder, env, socket }: Sandbox, size: number): Promise<string[]> {
  layOut(folder, env, socket, size);
  const desired = fleet(folder, socket, size);
  const host = openHost({ socket: desired.tmux.socket, env });
  const ids = Array.from({ length: size }, (_, index) => `$${String(index)}`);
  const context: LookContext = {
    profileOf,
    agentOf: () => null,
    runsDir: join(folder, 'runs'),
    userHome: folder,
    cache: lookCache(),
  };
  const { bare, look } = await takingTurns(ROUNDS, {
    bare: () => timed(() => bareCommands(socket, env, ids)),
    look: () =>
      timed(async () => {
        expectSeen(await observe(host, desired, NO_MEMORY, context), size);
      }),
  });
  return [String(size), bare.toFixed(1), look.toFixed(1), (look / bare).toFixed(2), (look / size).toFixed(2)];
}

/** The fleet of SPEC §2 with `size` pool sessions, all up, all links intact. */
function layOut(folder: string, env: Readonly<Record<string, string>>, socket: string, size: number): void {
  for (const entry of ENTRIES) {
    mkdirSync(join(folder, 'shared', entry), { recursive: true });
    for (const home of ['main', 'backup']) {
      mkdirSync(join(folder, home), { recursive: true });
      symlinkSync(join(folder, 'shared', entry), join(folder, home, entry));
    }
  }
  symlinkSync(join(folder, 'main'), join(folder, '.claude'));
  const lines = Array.from({ length: size }, (_, index) => {
    const name = `auto-${String(index)}`;
    return [
      `new-session -d -s ${name} -c '${folder}' -- sleep 10000`,
      `set-option -t '=${name}:' @rollcall_owner bench`,
      `set-option -t '=${name}:' @rollcall_kind pool`,
      `set-option -F -t '=${name}:' @rollcall_pane '#{pane_id}'`,
      `set-option -F -t '=${name}:' @rollcall_pid '#{pane_pid}'`,
    ].join(' ; ');
  });
  execFileSync('tmux', ['-S', socket, 'start-server', ';', 'source-file', '-'], {
    env,
    input: `${lines.join('\n')}\n`,
  });
}

function fleet(folder: string, socket: string, size: number): DesiredState {
  const at = (name: string): string => join(folder, name);
  return desired({
    name: 'bench',
    tmux: { socket: { type: 'path', path: socket } },
    accounts: {
      main: { agent: 'claude', home: at('main') },
      backup: { agent: 'claude', home: at('backup') },
    },
    activeAccounts: { claude: { link: at('.claude'), prefer: ['main', 'backup'], select: 'sticky' } },
    sharedState: { root: at('shared'), entries: { claude: ENTRIES } },
    pools: { auto: pool({ min: size, max: size, cwd: folder }) },
  });
}

function expectSeen(observed: Awaited<ReturnType<typeof observe>>, size: number): void {
  const seen =
    observed.tmux.ok && observed.tmux.value.type === 'up' ? Object.values(observed.tmux.value.sessions) : [];
  if (seen.filter(({ stamp }) => stamp !== null).length !== size)
    throw new Error('the look did not see every session');
}

async function bareCommands(
  socket: string,
  env: Readonly<Record<string, string>>,
  ids: readonly string[],
): Promise<void> {
  await tmux(socket, env, listQuery(MARK));
  await tmux(socket, env, stampsQuery(ids, [], MARK));
}

function tmux(socket: string, env: Readonly<Record<string, string>>, input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('tmux', ['-u', '-S', socket, '-N', 'source-file', '-'], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdout.resume();
    child.on('error', reject);
    child.on('close', () => {
      resolve();
    });
    child.stdin.end(input);
  });
}
