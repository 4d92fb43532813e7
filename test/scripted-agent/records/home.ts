import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Places of an account home. Paths go through its links as they stand. */
export interface Home {
  readonly folder: string;
  /** Where it really is; the same where it does not exist yet. */
  readonly real: string;
  /** Global state: onboarding, trust. */
  readonly stateFile: string;
  readonly settingsFile: string;
  readonly projects: string;
  readonly sessions: string;
}

/** The home of `CLAUDE_CONFIG_DIR`; without it `~/.claude`, with its state beside it. */
export function homeOf(env: NodeJS.ProcessEnv): Home {
  const given = env['CLAUDE_CONFIG_DIR'];
  const own = env['HOME'] ?? homedir();
  const folder = given === undefined || given === '' ? join(own, '.claude') : given;
  return {
    folder,
    real: realOf(folder),
    stateFile: folder === given ? join(folder, '.claude.json') : join(own, '.claude.json'),
    settingsFile: join(folder, 'settings.json'),
    projects: join(folder, 'projects'),
    sessions: join(folder, 'sessions'),
  };
}

/** The folder of a cwd's transcripts: every character outside [A-Za-z0-9] becomes `-`. */
export function slugOf(cwd: string): string {
  return cwd.replaceAll(/[^A-Za-z0-9]/g, '-');
}

/** Where the transcript of a conversation is, whatever folder it was held in; null: there is none. */
export function findTranscript(home: Home, sessionId: string): string | null {
  const name = `${sessionId}.jsonl`;
  const slug = namesIn(home.projects).find((each) => namesIn(join(home.projects, each)).includes(name));
  return slug === undefined ? null : join(home.projects, slug, name);
}

/** A JSON object in a file; an empty one where there is none or it cannot be read. */
export function readObject(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
