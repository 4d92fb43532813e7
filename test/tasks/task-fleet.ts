import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queueFolders, recordOf } from '../../src/model/queue.ts';
import type { AttemptRecord } from '../../src/model/task.ts';
import { type FleetMachine, fleetMachine, type Running } from '../real/fleet-machine.ts';
import { installScriptedAgent, preAnswer } from '../scripted-agent/install.ts';
import { type LedgerLine, readLedger } from '../scripted-agent/ledger.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from './agents.ts';
import { ACCOUNTS, fleetFile, type TaskFleetOptions } from './fleet-file.ts';
import { type Place, snapshot } from './places.ts';
import { actingScenario } from './scenario.ts';

export type { TaskFleetOptions } from './fleet-file.ts';

/** A machine with an inbox, a pool of sessions, accounts, and the scripted agent for `claude`. */
export interface TaskFleet extends FleetMachine {
  /** The folder that is declared as the inbox; the others are beside it. */
  readonly inbox: string;
  /** Real path of the folder to work in. */
  readonly work: string;
  /** Puts a whole task into the inbox, in one step: `id.md`. */
  put(id: string, text: string): void;
  /** Where the task of this file name or id is; null: nowhere, or in more than one place. */
  whereIs(id: string): Place | null;
  /** Waits until it is there. */
  reaches(id: string, place: Place, ms?: number): Promise<void>;
  /** The records of its attempts, oldest first. */
  records(id: string): readonly AttemptRecord[];
  ledger(): readonly LedgerLine[];
  /** What the agents of this task went through: the lines of its conversations. */
  ledgerOf(id: string): readonly LedgerLine[];
  /** How often an agent began to work on this task because of a prompt; not because of its own background tasks. */
  runs(id: string): number;
  /** `rollcall status -o json`. */
  status(): Promise<StatusDocument>;
  /** The loop, once it has looked. */
  loop(): Promise<Running>;
}

export interface StatusDocument {
  readonly phase: string;
  readonly accounts: Readonly<
    Record<
      string,
      { readonly active: boolean; readonly exhaustedUntil: string | null; readonly links: string }
    >
  >;
  readonly sessions: Readonly<
    Record<
      string,
      {
        readonly kind: string;
        readonly state: string;
        readonly task: string | null;
        readonly conversation: string | null;
      }
    >
  >;
  readonly inboxes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly target: string;
    readonly detail: string;
    readonly help: string | null;
  }[];
}

export function taskFleet(options: TaskFleetOptions = {}): TaskFleet {
  let place = '';
  const fleet = fleetMachine(fleetFile(options), ({ folder, home, env }) => {
    place = home;
    installScriptedAgent(join(folder, 'bin'));
    for (const account of options.accounts ?? ACCOUNTS) preAnswer(join(home, `.claude-${account}`), []);
    writeFileSync(join(home, 'scenario.json'), JSON.stringify(options.scenario ?? actingScenario()));
    mkdirSync(join(home, 'work/.agent-queue/inbox'), { recursive: true });
    return {
      PATH: `${join(folder, 'bin')}:${env['PATH'] ?? ''}`,
      XDG_RUNTIME_DIR: join(home, 'run'),
      ...options.env,
    };
  });
  const inbox = join(place, 'work/.agent-queue/inbox');
  const ledger = (): readonly LedgerLine[] => readLedger(join(place, 'ledger'));
  const records = (id: string): readonly AttemptRecord[] => recordsOf(inbox, id);
  const whereIs = (id: string): Place | null => {
    // `id.md`, or with an attempt behind the id; no part of a name holds an `@`.
    const found = snapshot(inbox).filter(({ name }) => name.slice(0, -'.md'.length).split('@')[0] === id);
    return found.length === 1 ? (found[0]?.place ?? null) : null;
  };
  const ledgerOf = (id: string): readonly LedgerLine[] => {
    const conversations = new Set(records(id).map(({ conversation }) => conversation));
    return ledger().filter(({ session }) => conversations.has(session));
  };
  return {
    ...fleet,
    inbox,
    work: join(place, 'work'),
    put: (id, text) => {
      writeFileSync(join(inbox, `.${id}.new`), text);
      renameSync(join(inbox, `.${id}.new`), join(inbox, `${id}.md`));
    },
    whereIs,
    reaches: async (id, wanted, ms = 30_000) => {
      await until(() => whereIs(id) === wanted, ms).catch(() => {
        throw new Error(`${id} is in ${String(whereIs(id))}, not in ${wanted}`);
      });
    },
    records,
    ledger,
    ledgerOf,
    runs: (id) => begunIn(ledgerOf(id)).length,
    status: async () => JSON.parse((await fleet.cli('status', '-o', 'json')).out),
    loop: async () => {
      const loop = fleet.start('run');
      await until(() => loop.out().includes('"phase"'), 40_000).catch(() => {
        throw new Error(`the loop has not looked: ${loop.out()}${loop.err()}`);
      });
      return loop;
    },
    cleanup: async () => {
      killAgents(place);
      await fleet.cleanup();
      // One that outlived its pane would write on, into a folder that is gone.
      killAgents(place);
      rmSync(fleet.machine.folder, { recursive: true, force: true });
    },
  };
}

function killAgents(home: string): void {
  for (const { pid } of liveAgents(home)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}

/** The turns that were begun because of a prompt, and not because something in the background has ended. */
export function begunIn(lines: readonly LedgerLine[]): readonly LedgerLine[] {
  const own = new Set(
    lines.flatMap((line) =>
      line.event === 'prompt' && line.source === 'notification' ? [`${line.session} ${line.sha256}`] : [],
    ),
  );
  return lines.filter((line) => line.event === 'turn-begin' && !own.has(`${line.session} ${line.sha256}`));
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
