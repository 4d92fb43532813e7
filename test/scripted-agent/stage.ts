import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { privateMachine, until } from '../support/tmux.ts';
import type { PrivateMachine } from '../support/tmux.ts';
import { installScriptedAgent, preAnswer } from './install.ts';
import { readLedger } from './ledger.ts';
import type { LedgerEvent, LedgerLine } from './ledger.ts';
import type { WrittenScenario } from './scenario/written.ts';

/** A private tmux server with account homes, a folder to work in and scripted agents. */
export interface Stage {
  readonly machine: PrivateMachine;
  /** The account home used where a launch names none; its dialogs are answered beforehand. */
  readonly home: string;
  readonly cwd: string;
  readonly launch: (options?: Launch) => Launched;
}

export interface Launch {
  readonly args?: readonly string[];
  readonly prompt?: string;
  readonly scenario?: WrittenScenario;
  readonly home?: string;
  readonly cwd?: string;
  readonly speed?: number;
  readonly width?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** One agent in a pane of its own, and what it wrote down. */
export interface Launched {
  readonly pane: string;
  lines(): readonly LedgerLine[];
  /** The first line of the ledger of this kind, once it is there. */
  saw<E extends LedgerEvent['event']>(event: E): Promise<Extract<LedgerLine, { readonly event: E }>>;
  /** All lines of this kind, so far. */
  all<E extends LedgerEvent['event']>(event: E): readonly Extract<LedgerLine, { readonly event: E }>[];
  /** `capture-pane -p`, once it fits. */
  shows(pattern: RegExp): Promise<string>;
  screen(): string;
  keys(...keys: readonly string[]): void;
  /** As `load-buffer` and `paste-buffer -p` do. */
  paste(text: string): void;
  /** The exit code, as a launcher around it sees it. */
  exitCode(): Promise<number>;
}

/** Real time; on a busy machine a start alone takes seconds. */
const PATIENCE_MS = 15_000;

/** A stage of the running test's own; it is taken down when the test ends, with all that was started on it. */
export function openStage(): Stage {
  const machine = privateMachine();
  const home = join(machine.home, 'claude-main');
  const cwd = join(machine.home, 'work');
  const bin = join(machine.folder, 'bin');
  mkdirSync(cwd, { recursive: true });
  preAnswer(home, [cwd]);
  installScriptedAgent(bin);
  let number = 0;
  const ledgers: string[] = [];
  onTestFinished(() => {
    ledgers.flatMap((file) => readLedger(file)).forEach(({ pid }) => kill(pid));
    machine.cleanup();
  });
  return {
    machine,
    home,
    cwd,
    launch: (options = {}) => {
      number += 1;
      const folder = join(machine.folder, `agent-${String(number)}`);
      mkdirSync(folder);
      ledgers.push(join(folder, 'ledger'));
      return launch(machine, folder, bin, { home, cwd, ...options });
    },
  };
}

/** The registry files of a home, by name. */
export function registryOf(home: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const folder = join(home, 'sessions');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  return Object.fromEntries(
    names.map((name) => [
      name,
      JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>,
    ]),
  );
}

/** The records of every transcript below a `projects` folder, file by file. */
export function transcriptsOf(projects: string): readonly (readonly Readonly<Record<string, unknown>>[])[] {
  const files = existsSync(projects) ? readdirSync(projects, { recursive: true, encoding: 'utf8' }) : [];
  return files
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) =>
      readFileSync(join(projects, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    );
}

function launch(
  machine: PrivateMachine,
  folder: string,
  bin: string,
  { args = [], prompt, scenario = {}, home = '', cwd = '', speed = 20, width = 120, env = {} }: Launch,
): Launched {
  const place = (name: string): string => join(folder, name);
  writeFileSync(place('scenario.json'), JSON.stringify(scenario));
  writeFileSync(place('prompt'), prompt ?? '');
  const given = [...args, ...(prompt === undefined ? [] : ['--'])].map(quoted).join(' ');
  // The x keeps newlines at the end, which a command substitution would cut off.
  const text = prompt === undefined ? '' : '"${prompt%x}"';
  writeFileSync(
    place('run.sh'),
    // tmux hands a new session the PATH of its client, whatever `-e` says.
    `PATH='${bin}':$PATH\nprompt=$(cat '${place('prompt')}'; printf x)\nclaude ${given} ${text} 2>'${place('stderr')}'\necho $? >'${place('code')}'\nsleep 60\n`,
  );
  const set = {
    TZ: 'UTC',
    CLAUDE_CONFIG_DIR: home,
    SCRIPTED_AGENT_SCENARIO: place('scenario.json'),
    SCRIPTED_AGENT_LEDGER: place('ledger'),
    SCRIPTED_AGENT_SPEED: String(speed),
    ...env,
  };
  const size = ['-x', String(width), '-y', '40'];
  const variables = Object.entries(set).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const start = [
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-P',
    '-F',
    '#{pane_id}',
    '-c',
    cwd,
    ...size,
    ...variables,
  ];
  const pane = machine.tmux(...start, 'sh', place('run.sh'));
  const lines = (): readonly LedgerLine[] => readLedger(place('ledger'));
  const all = <E extends LedgerEvent['event']>(
    event: E,
  ): readonly Extract<LedgerLine, { readonly event: E }>[] =>
    lines().filter((line): line is Extract<LedgerLine, { readonly event: E }> => line.event === event);
  const screen = (): string => machine.tmux('capture-pane', '-p', '-t', pane);
  return {
    pane,
    lines,
    all,
    saw: (event) => until(() => all(event)[0] ?? null, PATIENCE_MS),
    screen,
    shows: (pattern) =>
      until(() => [screen()].find((text) => pattern.test(text)) ?? null, PATIENCE_MS).catch(() => {
        throw new Error(`never showed ${String(pattern)}:\n${screen()}`);
      }),
    keys: (...keys) => void machine.tmux('send-keys', '-t', pane, ...keys),
    paste: (content) => {
      writeFileSync(place('paste'), content);
      machine.tmux(
        'load-buffer',
        '-b',
        'test',
        place('paste'),
        ';',
        'paste-buffer',
        '-p',
        '-d',
        '-b',
        'test',
        '-t',
        pane,
      );
    },
    exitCode: async () =>
      Number(
        await until(
          () => (existsSync(place('code')) && readFileSync(place('code'), 'utf8')) || null,
          PATIENCE_MS,
        ),
      ),
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
