import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('agent.ts', import.meta.url));

/**
 * Puts a program `claude` into a folder, for the front of a PATH: the scripted agent under the name that tmux and
 * /proc then show. Gives back its path. It needs bash, and the node that runs this.
 */
export function installScriptedAgent(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'claude');
  writeFileSync(file, `#!/bin/bash\nexec -a claude ${quoted(process.execPath)} ${quoted(AGENT)} "$@"\n`, {
    mode: 0o755,
  });
  return file;
}

/** Answers the first-start dialogs of an account home beforehand, for these folders and what is below them. */
export function preAnswer(home: string, folders: readonly string[]): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const trusted = folders.map((folder) => [folder, { hasTrustDialogAccepted: true }]);
  merge(join(home, '.claude.json'), {
    hasCompletedOnboarding: true,
    lastOnboardingVersion: '99.0.0',
    projects: Object.fromEntries(trusted),
  });
  merge(join(home, 'settings.json'), { theme: 'dark', skipDangerousModePermissionPrompt: true });
}

function merge(file: string, more: object): void {
  const old: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  writeFileSync(file, JSON.stringify({ ...(old as object), ...more }), { mode: 0o600 });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
