import { LAUNCH_FILES, RUN_FILES } from '../model/queue.ts';
import type { LaunchRequest } from '../model/task.ts';
import type { Profile } from './profile.ts';

/** The name of the settings file in the folder of a start. */
export const SETTINGS_FILE = 'settings.json';

/** The settings that are handed over with a start, JSON; null where the agent takes none. They hold no secret. */
export function launchSettings(profile: Profile, request: LaunchRequest): string | null {
  if (profile.launch?.settings === undefined) return null;
  const { always = {}, trusted = {} } = profile.settings ?? {};
  const hooks = profile.hooks === undefined ? {} : { hooks: registered(profile.hooks.register, request) };
  const settings = {
    // What the file itself sets there is shown to somebody: it stays.
    ...statusLine(profile, request),
    ...always,
    ...(request.trusted ? trusted : {}),
    ...hooks,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function statusLine({ usage }: Profile, { runDir, launch }: LaunchRequest): object {
  if (usage === undefined) return {};
  const command = statusCommand(`${runDir}/${String(launch)}`);
  return { [usage.register]: { type: 'command', command } };
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

/**
 * A line for `sh` that keeps what it reads as the folder's `status.json`: whole, in place of what was there before. It
 * prints nothing: what it prints would be shown. Nothing is kept of one that is ended while it reads.
 */
export function statusCommand(folder: string): string {
  const at = quoted(folder);
  return `{ s=$(cat) && [ -n "$s" ] && f=$(mktemp ${at}/.XXXXXXXXXX) && printf '%s\\n' "$s" >"$f" && mv -f "$f" ${at}/${LAUNCH_FILES.status}; } >/dev/null 2>&1; exit 0`;
}

/** One word of a shell line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
