import { RUN_FILES } from '../model/queue.ts';
import type { LaunchRequest } from '../model/task.ts';
import type { Profile } from './profile.ts';

/** The name of the settings file in the folder of a start. */
export const SETTINGS_FILE = 'settings.json';

/** The settings that are handed over with a start, JSON; null where the agent takes none. They hold no secret. */
export function launchSettings(profile: Profile, request: LaunchRequest): string | null {
  if (profile.launch?.settings === undefined) return null;
  const { always = {}, trusted = {} } = profile.settings ?? {};
  const hooks = profile.hooks === undefined ? {} : { hooks: registered(profile.hooks.register, request) };
  return `${JSON.stringify({ ...always, ...(request.trusted ? trusted : {}), ...hooks }, null, 2)}\n`;
}

/** Seconds after which the agent goes on without its hook. */
const TIMEOUT = 10;

function registered(events: readonly string[], { runDir }: LaunchRequest): object {
  const command = hookCommand(`${runDir}/${RUN_FILES.hooks}`);
  const hooks = [{ type: 'command', command, timeout: TIMEOUT }];
  return Object.fromEntries(events.map((event) => [event, [{ hooks }]]));
}

/**
 * A line for `sh` that keeps what it reads as one new file `*.json` in the folder: whole, or not at all, so that
 * nobody reads half of it. It prints nothing and never fails: what a hook prints, or a bad end of it, the agent would
 * take for its answer. Two events at a time have two files.
 */
export function hookCommand(folder: string): string {
  const at = quoted(folder);
  return `{ f=$(mktemp ${at}/.XXXXXXXXXX) && cat >"$f" && mv "$f" ${at}/"$$-\${f##*/.}.json"; } >/dev/null 2>&1; exit 0`;
}

/** One word of a shell line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
