import { fileURLToPath } from 'node:url';
import { realpathSync } from 'node:fs';

export interface Options {
  readonly settings: string | null;
  readonly sessionId: string | null;
  readonly resume: string | null;
  readonly model: string | null;
  readonly mode: PermissionMode;
  readonly prompt: string | null;
  /** As given, without the prompt. */
  readonly flags: readonly string[];
}

export const PERMISSION_MODES = [
  'auto',
  'default',
  'manual',
  'acceptEdits',
  'plan',
  'bypassPermissions',
] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number];

export type CommandLine =
  | { readonly type: 'run'; readonly options: Options }
  | { readonly type: 'version' }
  | { readonly type: 'error'; readonly text: string };

type Written = { -readonly [K in keyof Options]: Options[K] } & { flags: string[] };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SELF = realpathSync(fileURLToPath(new URL('agent.ts', import.meta.url)));

/** Reads the arguments as Claude Code 2.1.330 does; what it does not know is an error in its words. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  // Its own path stands in /proc/PID/cmdline: whoever starts it again "with its own flags" hands that over too.
  const args = argv[0] === SELF ? argv.slice(1) : [...argv];
  const options: Written = {
    settings: null,
    sessionId: null,
    resume: null,
    model: null,
    mode: 'auto',
    prompt: null,
    flags: [],
  };
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      options.prompt = args.slice(index + 1).join(' ');
      return checked(options);
    }
    if (!arg.startsWith('-') || arg === '-') {
      options.prompt = arg;
      continue;
    }
    if (arg === '--version' || arg === '-v') return { type: 'version' };
    if (arg === '--dangerously-skip-permissions') {
      options.mode = 'bypassPermissions';
      options.flags.push(arg);
      continue;
    }
    if (arg === '--allowedTools') {
      // All words up to the next flag.
      const tools = args.slice(index + 1).findIndex((word) => word.startsWith('-'));
      const count = tools < 0 ? args.length - index - 1 : tools;
      if (count === 0)
        return { type: 'error', text: "error: option '--allowedTools <tools...>' argument missing" };
      options.flags.push(...args.slice(index, index + 1 + count));
      index += count;
      continue;
    }
    const [name = '', inline] = arg.includes('=') ? splitOnce(arg) : [arg, undefined];
    const key = VALUES[name];
    if (key === undefined) return { type: 'error', text: `error: unknown option '${name}'` };
    const value = inline ?? args[index + 1];
    if (value === undefined)
      return { type: 'error', text: `error: option '${name} <value>' argument missing` };
    if (inline === undefined) index += 1;
    options.flags.push(...(inline === undefined ? [arg, value] : [arg]));
    if (key !== 'mode') options[key] = value;
    else {
      const mode = PERMISSION_MODES.find((each) => each === value);
      if (mode === undefined) return { type: 'error', text: badMode(value) };
      options.mode = mode;
    }
  }
  return checked(options);
}

const VALUES: Readonly<Record<string, 'settings' | 'sessionId' | 'resume' | 'model' | 'mode'>> = {
  '--settings': 'settings',
  '--session-id': 'sessionId',
  '--resume': 'resume',
  '-r': 'resume',
  '--model': 'model',
  '--permission-mode': 'mode',
};

function checked(options: Written): CommandLine {
  if (options.sessionId !== null && options.resume !== null) {
    return {
      type: 'error',
      text: 'Error: --session-id can only be used with --continue or --resume if --fork-session is also specified.',
    };
  }
  if (options.sessionId !== null && !UUID.test(options.sessionId)) {
    return { type: 'error', text: 'Error: Invalid session ID. Must be a valid UUID.' };
  }
  return { type: 'run', options: { ...options, prompt: options.prompt === '' ? null : options.prompt } };
}

function badMode(value: string): string {
  const choices = PERMISSION_MODES.join(', ');
  return `error: option '--permission-mode <mode>' argument '${value}' is invalid. Allowed choices are ${choices}.`;
}

function splitOnce(arg: string): [string, string] {
  const at = arg.indexOf('=');
  return [arg.slice(0, at), arg.slice(at + 1)];
}
