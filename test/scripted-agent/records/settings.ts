import { readFileSync } from 'node:fs';
import { isObject } from '../scenario/shape.ts';
import { readObject } from './home.ts';
import type { Home } from './home.ts';

export interface Settings {
  readonly hooks: readonly HookCommand[];
  readonly statusLine: string | null;
  readonly autoContinue: boolean;
  readonly skipBypassDialog: boolean;
}

export interface HookCommand {
  readonly event: string;
  /** A regular expression on the tool's name, for events about tools; null: all. */
  readonly matcher: string | null;
  /** For `sh -c`. */
  readonly command: string;
  readonly timeoutMs: number;
}

export type ReadSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly text: string };

/** The account's `settings.json` and, over it, `--settings` (a file or JSON); hooks of both run. */
export function readSettings(home: Home, given: string | null): ReadSettings {
  const base = readObject(home.settingsFile);
  const over = given === null ? {} : readGiven(given);
  if (typeof over === 'string') return { ok: false, text: over };
  const both = { ...base, ...over };
  return {
    ok: true,
    settings: {
      hooks: [...hooksIn(base), ...hooksIn(over)],
      statusLine: commandIn(both['statusLine']),
      autoContinue: both['autoContinueAtUsageLimit'] !== false,
      skipBypassDialog: both['skipDangerousModePermissionPrompt'] === true,
    },
  };
}

/** The object, or what is wrong, in Claude Code's words. */
function readGiven(given: string): Record<string, unknown> | string {
  if (given.trimStart().startsWith('{')) return parsed(given) ?? 'Error: Invalid JSON provided to --settings';
  try {
    return parsed(readFileSync(given, 'utf8')) ?? `Error: Invalid JSON in settings file: ${given}`;
  } catch {
    return `Error: Settings file not found: ${given}`;
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function hooksIn(settings: Record<string, unknown>): readonly HookCommand[] {
  const hooks = isObject(settings['hooks']) ? settings['hooks'] : {};
  return Object.entries(hooks).flatMap(([event, groups]) =>
    objectsIn(groups).flatMap((group) =>
      objectsIn(group['hooks']).flatMap((hook): readonly HookCommand[] => {
        const command = commandIn(hook);
        const { matcher } = group;
        const { timeout } = hook;
        if (command === null) return [];
        return [
          {
            event,
            command,
            matcher: typeof matcher === 'string' && matcher !== '' && matcher !== '*' ? matcher : null,
            timeoutMs: typeof timeout === 'number' ? timeout * 1000 : 60_000,
          },
        ];
      }),
    ),
  );
}

function objectsIn(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function commandIn(value: unknown): string | null {
  const command = isObject(value) ? value['command'] : undefined;
  return typeof command === 'string' ? command : null;
}
