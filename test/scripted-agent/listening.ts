import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transcriptsOf } from './stage.ts';
import type { Stage } from './stage.ts';

type Json = Readonly<Record<string, unknown>>;

const EVENTS = [
  'SessionStart',
  'UserPromptSubmit',
  'PreToolUse',
  'PostToolUse',
  'PermissionRequest',
  'Notification',
  'Stop',
  'StopFailure',
  'SessionEnd',
];

/** Settings under which every hook writes what it is told into one file. */
export function listening({ machine }: Stage): {
  readonly args: readonly string[];
  readonly told: () => readonly Json[];
} {
  const log = join(machine.folder, 'hooks.jsonl');
  const hook = [{ hooks: [{ type: 'command', command: `cat >>"${log}"` }] }];
  const settings = JSON.stringify({ hooks: Object.fromEntries(EVENTS.map((event) => [event, hook])) });
  return { args: ['--permission-mode', 'default', '--settings', settings], told: () => linesOf(log) };
}

/** The objects of a JSONL file; none where there is no file. */
export function linesOf(file: string): readonly Json[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Json);
}

/** Every record of the stage's account home. */
export function transcripts({ home }: Stage): readonly Json[] {
  return transcriptsOf(join(home, 'projects')).flat();
}

/** The first record of an API error; empty where there is none. */
export function failure(records: readonly Json[]): Json {
  return records.find(({ isApiErrorMessage }) => isApiErrorMessage === true) ?? {};
}
