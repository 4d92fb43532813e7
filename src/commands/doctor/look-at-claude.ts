import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileReader } from '../../host/files.ts';
import type { AccountHome } from './accounts.ts';

const MOST_BYTES = 32 * 1024 * 1024;

/** A JSON file as a map; null: it is not there; `bad`: it cannot be read as one. */
export async function jsonMap(file: string): Promise<Readonly<Record<string, unknown>> | 'bad' | null> {
  const text = await fileReader.text(file, MOST_BYTES);
  if (text.type !== 'ok') return text.code === 'ENOENT' || text.code === 'ENOTDIR' ? null : 'bad';
  try {
    const value: unknown = JSON.parse(text.value);
    return isMap(value) ? value : 'bad';
  } catch {
    return 'bad';
  }
}

/** A map, or an empty one. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

/**
 * Whose login a home has, as Claude Code notes it beside its settings (person and organisation have ids there), hashed:
 * to be compared and nothing else. Null: not noted. The login itself is in another file, which is not opened.
 */
export async function ownerOf(home: string): Promise<string | null> {
  const state = await jsonMap(join(home, '.claude.json'));
  if (state === null || state === 'bad') return null;
  const { accountUuid, organizationUuid } = mapOf(state['oauthAccount']);
  if (typeof accountUuid !== 'string' || accountUuid === '') return null;
  const organisation = typeof organizationUuid === 'string' ? organizationUuid : '';
  return createHash('sha256').update(`${accountUuid}\n${organisation}`).digest('hex');
}

const MANAGED = '/etc/claude-code/managed-settings.json';

/** What keeps hooks of ours from being read or run under a home. */
export async function hooksOf(home: string): Promise<AccountHome['hooks']> {
  const own = join(home, 'settings.json');
  const found = await Promise.all(
    [own, MANAGED].map(async (file) => ({ file, settings: await jsonMap(file) })),
  );
  return found.flatMap(({ file, settings }) => {
    if (settings === null) return [];
    if (settings === 'bad')
      return [
        {
          found: `${file} is not readable as JSON: Claude Code ignores it, or asks`,
          help: `node -p 'JSON.parse(require("fs").readFileSync("${file}"))'`,
        },
      ];
    return SWITCHES.filter((name) => settings[name] === true).map((name) => ({
      found: `${name} is true in ${file}`,
      help: `take ${name} out of ${file}`,
    }));
  });
}

const SWITCHES = ['disableAllHooks', 'allowManagedHooksOnly'];

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
