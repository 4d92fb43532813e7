import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from './fleet.ts';
import { until } from './patient.ts';
import { type LiveProcess, liveOn } from './processes.ts';

/** A session of an operator's, with a shell in it and an agent that they started there by hand. */
export interface OperatorsSession {
  /** Their agent, while it lives. */
  agent(): LiveProcess | null;
  /** Every byte that came to their agent from the terminal so far, where they had that recorded. */
  keys(): string;
  /** What their pane shows. */
  screen(): string;
  type(text: string): void;
  press(key: string): void;
}

/**
 * Starts an agent in a dedicated session, as its operator does: a shell of theirs, in it one command line under an
 * account of theirs. `recorded`: behind `script`, which writes down what is typed.
 */
export async function operatorIn(
  fleet: Fleet,
  session: string,
  variables: Readonly<Record<string, string>>,
  command: string,
  { recorded = false }: { readonly recorded?: boolean } = {},
): Promise<OperatorsSession> {
  const { machine, home, kit } = fleet;
  const send = (...keys: readonly string[]): void => {
    machine.tmux('send-keys', '-t', `=${session}:`, ...keys);
  };
  const line = (text: string): void => {
    send('-l', text);
    send('Enter');
  };
  await until(
    () => machine.tmux('list-sessions', '-F', '#{session_name}').split('\n').includes(session),
    40_000,
  );
  const env = { ...variables, PATH: `${kit.bin}:${process.env['PATH'] ?? ''}`, PS1: 'op@host:~$ ' };
  const words = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  line(`exec env ${words.join(' ')} bash --norc --noprofile -i`);
  const keys = join(home, 'keys.log');
  const tty = machine.tmux('list-panes', '-t', `=${session}:`, '-F', '#{pane_pid}');
  line(recorded ? `script -q -f --log-in ${keys} -c "${command}"` : command);
  const found = (): LiveProcess | null => {
    const mine = liveOn(home).filter(
      ({ argv, pid }) => isAgent(argv, kit.agent) && isBelow(pid, Number(tty)),
    );
    return mine[0] ?? null;
  };
  await until(() => found() !== null, 30_000);
  return {
    agent: found,
    keys: () => readFileSync(keys, 'latin1'),
    screen: () => machine.tmux('capture-pane', '-p', '-t', `=${session}:`),
    type: (text) => send('-l', text),
    press: (key) => send(key),
  };
}

function isAgent(argv: readonly string[], agent: string): boolean {
  return argv.slice(0, 2).some((word) => word === agent || word.endsWith(`/${agent}`));
}

function isBelow(pid: number, root: number): boolean {
  for (let at = pid; at > 1; ) {
    if (at === root) return true;
    try {
      const stat = readFileSync(`/proc/${String(at)}/stat`, 'utf8');
      at = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    } catch {
      return false;
    }
  }
  return false;
}
