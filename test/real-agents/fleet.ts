import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { queueFolders, recordOf } from '../../src/model/queue.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { type FleetMachine, fleetMachine, type Running } from '../real/fleet-machine.ts';
import { type Place, snapshot } from '../tasks/places.ts';
import type { StatusDocument } from '../tasks/task-fleet.ts';
import type { AgentKit } from './kit.ts';
import { until } from './patient.ts';
import { killOn } from './processes.ts';
import type { Stub } from './stub/server.ts';

export interface FleetOptions {
  readonly kit: AgentKit;
  readonly stub: Stub;
  /** Most wanted first. */
  readonly accounts?: readonly string[];
  readonly sessions?: number;
  /** More of `agents.NAME`, as YAML lines: `models: { default: opus }`. */
  readonly agent?: readonly string[];
  /** Added to the kit's. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly idleTimeout?: string;
  /** Nothing is trusted where this is false: a first start meets its dialogs. */
  readonly trusted?: boolean;
  /** More of the file. */
  readonly more?: string;
  /** Writes more into each account's home: its absolute path. */
  readonly also?: (home: string) => void;
}

/** A machine with the real agent, two accounts of it, a pool and an inbox; and the service that they all ask. */
export interface Fleet extends FleetMachine {
  readonly kit: AgentKit;
  readonly stub: Stub;
  /** Real path of the folder to work in. */
  readonly work: string;
  /** Absolute path of an account's home. */
  homeOf(account: string): string;
  /** Puts a whole task into the inbox, in one step: `id.md`. Resolves to when, epoch milliseconds. */
  put(id: string, text: string): number;
  /** Where the task is; null: nowhere, or in more than one place. */
  whereIs(id: string): Place | null;
  /** Waits until it is there; throws with what happened. */
  reaches(id: string, place: Place, ms?: number): Promise<void>;
  /** The records of its attempts, oldest first. */
  records(id: string): readonly AttemptRecord[];
  status(): Promise<StatusDocument>;
  /** The loop, once it has looked. */
  loop(): Promise<Running>;
  /** The account that the active link points at. */
  active(): string | null;
  /** The journal's lines of a type; `at` in epoch milliseconds. */
  told(type: string): readonly { readonly at: number; readonly target: string; readonly message: string }[];
  /** Waits until the journal has a line of this type, `count` of them. */
  tells(type: string, ms?: number, count?: number): Promise<void>;
  /** What the panes of the pool's and of all other sessions show. */
  screens(): string;
}

/** Makes the machine. Its links and homes are as the first day leaves them; nothing runs yet. */
export function agentFleet(options: FleetOptions): Fleet {
  const { kit, stub, accounts = ACCOUNTS } = options;
  let place = '';
  const machine = fleetMachine(fileOf(options), ({ home, env }) => {
    place = home;
    furnish(home, options);
    const rollcall = dirname(process.execPath);
    return { PATH: `${kit.bin}:${rollcall}:${env['PATH'] ?? ''}`, XDG_RUNTIME_DIR: join(home, 'run') };
  });
  const inbox = join(place, INBOX);
  const told: Fleet['told'] = (wanted) =>
    machine
      .events()
      .filter(({ type }) => type === wanted)
      .map((event) => ({ ...event, at: 'at' in event ? Date.parse(String(event.at)) : 0 }));
  const whereIs = (id: string): Place | null => {
    const found = snapshot(inbox).filter(({ name }) => name.slice(0, -'.md'.length).split('@')[0] === id);
    return found.length === 1 ? (found[0]?.place ?? null) : null;
  };
  return {
    ...machine,
    kit,
    stub,
    work: join(place, 'work'),
    homeOf: (account) => join(place, kit.home(account)),
    put: (id, text) => {
      writeFileSync(join(inbox, `.${id}.new`), text);
      renameSync(join(inbox, `.${id}.new`), join(inbox, `${id}.md`));
      return Date.now();
    },
    whereIs,
    reaches: async (id, wanted, ms = 60_000) => {
      await until(() => whereIs(id) === wanted, ms).catch(() => {
        throw new Error(`${id} is in ${String(whereIs(id))}, not in ${wanted}`);
      });
    },
    records: (id) => recordsOf(inbox, id),
    status: async () => JSON.parse((await machine.cli('status', '-o', 'json')).out),
    loop: async () => {
      const loop = machine.start('run');
      await until(() => loop.out().includes('"phase"'), 40_000).catch(() => {
        throw new Error(`the loop has not looked: ${loop.out()}${loop.err()}`);
      });
      return loop;
    },
    active: () => accountOf(join(place, kit.link), (account) => kit.home(account), accounts),
    told,
    tells: async (type, ms = 60_000, count = 1) => {
      await until(() => told(type).length >= count, ms).catch(() => {
        throw new Error(`nothing was said of ${type}`);
      });
    },
    screens: () => screensOf(machine),
    cleanup: async () => {
      killOn(place);
      await machine.cleanup();
      // One that outlived its pane would write on, into a folder that is gone.
      killOn(place);
      rmSync(machine.machine.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

export const ACCOUNTS = ['main', 'backup'] as const;
const INBOX = 'work/.agent-queue/inbox';

function fileOf(options: FleetOptions): string {
  const { kit, stub, accounts = ACCOUNTS, sessions = 1, trusted = true, idleTimeout = '30m' } = options;
  const { agent = [], more = '' } = options;
  const env = Object.entries({ ...kit.env(stub.url), ...options.env });
  const count = String(sessions);
  return `apiVersion: rollcall/v1
kind: Fleet
name: real
reconcile: { every: 2s, maxActions: 100, maxDisruptions: 100% }
tmux: { socket: SOCKET }
agents:
  ${kit.agent}:
    extends: builtin:${kit.agent}
    args: ${JSON.stringify([...kit.args, ...(options.args ?? [])])}
    env:
${env.map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`).join('')}    trust: [${trusted ? '~/work' : ''}]
${agent.map((line) => `    ${line}\n`).join('')}accounts:
${accounts.map((name) => `  ${name}: { agent: ${kit.agent}, home: ~/${kit.home(name)} }\n`).join('')}activeAccount: { link: ~/${kit.link}, prefer: [${accounts.join(', ')}] }
sharedState: { root: ~/shared, entries: [${kit.entries.join(', ')}] }
pools:
  auto: { prefix: auto-, startIndex: 1, min: ${count}, max: ${count}, agent: ${kit.agent}, cwd: ~/work, cooldown: 1ms }
inboxes:
  work: { dir: ~/${INBOX}, pool: auto, cwd: ~/work }
tasks: { idleTimeout: ${idleTimeout} }
quota: { cooldown: 1ms, maxSwaps: 100/24h }
${more}`;
}

function furnish(home: string, { kit, stub, accounts = ACCOUNTS, also }: FleetOptions): void {
  mkdirSync(join(home, INBOX), { recursive: true });
  for (const entry of kit.entries) mkdirSync(join(home, 'shared', entry), { recursive: true });
  for (const account of accounts) {
    const own = join(home, kit.home(account));
    mkdirSync(own, { recursive: true, mode: 0o700 });
    kit.prepare(own, account, stub.url);
    also?.(own);
    for (const entry of kit.entries) symlinkSync(join(home, 'shared', entry), join(own, entry));
  }
  mkdirSync(dirname(join(home, kit.link)), { recursive: true });
  symlinkSync(join(home, kit.home(accounts[0] ?? '')), join(home, kit.link));
}

function accountOf(
  link: string,
  homeOf: (account: string) => string,
  accounts: readonly string[],
): string | null {
  try {
    const target = readlinkSync(link);
    return accounts.find((account) => target.endsWith(`/${homeOf(account)}`)) ?? null;
  } catch {
    return null;
  }
}

function recordsOf(inbox: string, id: string): readonly AttemptRecord[] {
  const folder = queueFolders(inbox).attempts;
  return namesIn(folder)
    .filter((name) => recordOf(name)?.id === id)
    .map((name): AttemptRecord => JSON.parse(readFileSync(join(folder, name), 'utf8')))
    .toSorted((a, b) => a.number - b.number);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function screensOf({ machine }: FleetMachine): string {
  try {
    const panes = machine.tmux('list-panes', '-a', '-F', '#{pane_id} #{session_name}').split('\n');
    return panes
      .map((row) => {
        const [pane = '', name = ''] = row.split(' ');
        return `=== ${name}\n${machine.tmux('capture-pane', '-p', '-t', pane).replace(/\n{3,}/g, '\n\n')}`;
      })
      .join('\n');
  } catch {
    return '(no server)';
  }
}
