import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namespace } from './namespace.ts';
import { agentsDir, install, nameOf, PINS, type Pin } from './packages.ts';

/**
 * `npm run test:agents [-- AGENT… | FLAG…]`: the real agents through Rollcall, against a stub of their services, where
 * there is no network. What cannot be had here is skipped with its reason; with ROLLCALL_REQUIRE_AGENTS=1 that fails.
 * FLAGs go to vitest (`-t TITLE`).
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const started = Date.now();
process.exitCode = await main(process.argv.slice(2));
say(`${((Date.now() - started) / 1000).toFixed(0)} s in all`);

async function main(words: readonly string[]): Promise<number> {
  const flagsFrom = words.findIndex((word) => word.startsWith('-'));
  const names = flagsFrom < 0 ? words : words.slice(0, flagsFrom);
  const flags = flagsFrom < 0 ? [] : words.slice(flagsFrom);
  const unknown = names.filter((name) => testFiles(name).length === 0);
  if (unknown.length > 0) {
    say(`there are no tests of ${unknown.join(', ')}`);
    return 64;
  }
  const run = mkdtempSync(join(tmpdir(), 'rollcall-agents-'));
  try {
    return await tested(names, flags, run);
  } finally {
    rmSync(run, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function tested(names: readonly string[], flags: readonly string[], run: string): Promise<number> {
  const dir = agentsDir(process.env);
  mkdirSync(dir, { recursive: true });
  const isPrivate = [ROOT, dir, process.execPath].every((path) => !realpathSync(path).startsWith('/tmp/'));
  const way = namespace(isPrivate ? run : null);
  if (way.type === 'none') return skipped(way.why);
  const wanted = PINS.filter(({ agent }) => testFiles(agent).length > 0 && isWanted(names, agent));
  const missing = wanted.flatMap((pin) => {
    say(`having ${nameOf(pin)}`);
    const why = install(dir, pin, way.enter);
    return why === null ? [] : [{ pin, why }];
  });
  const had = wanted.filter((pin) => missing.every((each) => each.pin !== pin));
  const refused = missing.length === 0 ? 0 : skipped(missing.map(({ why }) => why).join('; '));
  const files = filesFor(names, had);
  if (files.length === 0) return refused;
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const config = join(ROOT, 'test/real-agents/vitest.config.ts');
  const command = way.enter([process.execPath, vitest, 'run', '--config', config, ...files, ...flags]);
  const env = { ...process.env, ROLLCALL_AGENTS_DIR: dir, ROLLCALL_AGENTS: JSON.stringify(had) };
  const code = await ended(command, { ...env, TMPDIR: isPrivate ? '/tmp' : run });
  return code === 0 ? refused : code;
}

/** A name is an agent, or a file of tests that needs all agents that can be had. */
function isWanted(names: readonly string[], agent: string): boolean {
  const isAgent = (name: string): boolean => PINS.some((pin) => pin.agent === name);
  return names.length === 0 || names.includes(agent) || !names.every(isAgent);
}

function filesFor(names: readonly string[], had: readonly Pin[]): readonly string[] {
  const agents = new Set(had.map(({ agent }) => agent));
  const isHad = (name: string): boolean => agents.has(name) || PINS.every(({ agent }) => agent !== name);
  return (names.length === 0 ? [...agents] : names).filter(isHad).flatMap(testFiles);
}

/** `NAME.agents.ts`, and those of its parts, `NAME-PART.agents.ts`. */
function testFiles(name: string): readonly string[] {
  const folder = join(ROOT, 'test/real-agents');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.agents.ts') && /^(?:[^.-]+)/.exec(file)?.[0] === name)
    .map((file) => join(folder, file));
}

function skipped(why: string): number {
  const required = process.env['ROLLCALL_REQUIRE_AGENTS'] === '1';
  say(`${required ? 'not tested' : 'skipped'}: ${why}`);
  return required ? 1 : 0;
}

function ended([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const child = spawn(program, args, { cwd: ROOT, env: { ...env, PATH }, stdio: 'inherit' });
  // With it ends all that is in the namespace.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill('SIGKILL'));
  process.on('SIGINT', () => undefined);
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function say(text: string): void {
  process.stderr.write(`test:agents: ${text}\n`);
}
