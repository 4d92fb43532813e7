import type { HookCommand } from './settings.ts';
import { runCommand } from './run-command.ts';

/** What every hook is told, besides what its event brings. */
export interface HookBase {
  readonly session_id: string;
  readonly transcript_path: string;
  readonly cwd: string;
}

/** The hooks that an event runs. */
export function hooksFor(
  hooks: readonly HookCommand[],
  event: string,
  tool: string | null,
): readonly HookCommand[] {
  return hooks.filter(
    (hook) =>
      hook.event === event &&
      (hook.matcher === null || tool === null || new RegExp(`^(?:${hook.matcher})$`).test(tool)),
  );
}

/** Runs the event's hooks side by side, with one JSON line on stdin, and waits for all of them. */
export async function runHooks(
  hooks: readonly HookCommand[],
  base: HookBase,
  event: string,
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  const tool = typeof more['tool_name'] === 'string' ? more['tool_name'] : null;
  const { prompt_id, permission_mode, effort, ...rest } = more;
  const head = Object.fromEntries(
    Object.entries({ prompt_id, permission_mode, effort }).filter(([, value]) => value !== undefined),
  );
  const input = JSON.stringify({ ...base, ...head, hook_event_name: event, ...rest });
  await Promise.all(
    hooksFor(hooks, event, tool).map(({ command, timeoutMs }) =>
      runCommand(['sh', '-c', command], {
        cwd: base.cwd,
        env: { ...process.env, CLAUDE_PROJECT_DIR: base.cwd },
        input: `${input}\n`,
        timeoutMs,
      }),
    ),
  );
}
