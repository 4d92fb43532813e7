import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Enter } from './namespace.ts';

/** A program that is tested, as its registry has it. */
export interface Pin {
  /** As the profile of ours is called, and the file of its tests. */
  readonly agent: string;
  readonly package: string;
  readonly version: string;
}

/** The versions that docs/agents/ speaks of. The first one of an agent is the one it is mainly tested with. */
export const PINS: readonly Pin[] = [
  { agent: 'claude', package: '@anthropic-ai/claude-code', version: '2.1.330' },
  { agent: 'claude', package: '@anthropic-ai/claude-code', version: '2.1.197' },
  { agent: 'codex', package: '@openai/codex', version: '0.169.0' },
  { agent: 'opencode', package: 'opencode-ai', version: '1.18.33' },
  { agent: 'gemini', package: '@google/gemini-cli', version: '0.61.0' },
];

/** Where they are kept, outside the project: `$ROLLCALL_AGENTS_DIR`, else in the user's cache. */
export function agentsDir(env: NodeJS.ProcessEnv): string {
  const own = env['ROLLCALL_AGENTS_DIR'];
  if (own !== undefined && own !== '') return own;
  const cache = env['XDG_CACHE_HOME'];
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'rollcall-agents');
}

/** The folder with the program of a pin; nothing else is in it. */
export function binOf(dir: string, pin: Pin): string {
  return join(dir, folderOf(pin), 'node_modules/.bin');
}

/**
 * Has the program of a pin, from its registry where it is not there yet: in a folder of its own first, where it has to
 * start and say its version without a network, then by one rename. Null: it is there; else why not.
 */
export function install(dir: string, pin: Pin, enter: Enter): string | null {
  const place = join(dir, folderOf(pin));
  if (existsSync(place)) return null;
  mkdirSync(dir, { recursive: true });
  const draft = mkdtempSync(join(dir, '.new-'));
  try {
    writeFileSync(join(draft, 'package.json'), '{ "private": true }\n');
    npmInstall(draft, pin);
    const said = versionIn(draft, pin, enter);
    if (!said.includes(pin.version)) return `${nameOf(pin)} says that it is ${said.trim()}`;
    rename(draft, place);
    return null;
  } catch (error) {
    return `${nameOf(pin)} cannot be had: ${firstLine(error)}`;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** As npm writes it, `NAME@VERSION`. */
export function nameOf(pin: Pin): string {
  return `${pin.package}@${pin.version}`;
}

function folderOf(pin: Pin): string {
  return nameOf(pin).replaceAll('/', '+');
}

/** Minutes, for some hundred megabytes. */
const INSTALL_MS = 10 * 60_000;

function npmInstall(folder: string, pin: Pin): void {
  // The npm that runs us; its node is the one beside us.
  const own = process.env['npm_execpath'];
  const npm = own?.endsWith('.js') === true ? ([process.execPath, own] as const) : (['npm'] as const);
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', '--save-exact'];
  const [program, ...args] = [...npm, 'install', '--prefix', folder, ...flags, nameOf(pin)];
  execFileSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_MS,
    encoding: 'utf8',
  });
}

function versionIn(folder: string, pin: Pin, enter: Enter): string {
  const home = join(folder, 'home');
  mkdirSync(home);
  const [program = '', ...args] = enter([join(folder, 'node_modules/.bin', pin.agent), '--version']);
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  try {
    return execFileSync(program, args, {
      env: { PATH, HOME: home },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
      encoding: 'utf8',
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function rename(draft: string, place: string): void {
  try {
    renameSync(draft, place);
  } catch (error) {
    // Somebody else was faster: theirs is as good.
    if (!existsSync(place)) throw error;
  }
}

function firstLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  const text = said === '' ? String(error) : said;
  return text.split('\n').slice(0, 2).join(' ').slice(0, 300);
}
