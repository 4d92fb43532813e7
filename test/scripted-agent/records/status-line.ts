import type { Scenario } from '../scenario/scenario.ts';
import type { HookBase } from './hooks.ts';
import { runCommand } from './run-command.ts';

export interface Limits {
  readonly five_hour: { readonly used_percentage: number; readonly resets_at: number };
  readonly seven_day: { readonly used_percentage: number; readonly resets_at: number };
}

/** The windows of the subscription; resets in epoch seconds. */
export function limitsOf(usage: Scenario['usage'], now: number): Limits {
  const seconds = Math.floor(now / 1000);
  return {
    five_hour: { used_percentage: usage.fiveHour, resets_at: seconds + 9000 },
    seven_day: { used_percentage: usage.sevenDay, resets_at: seconds + 400_000 },
  };
}

/** Asks the status line's program for its text: its first line, or null. `limits` are known after the first answer. */
export async function statusLineText(
  command: string,
  base: HookBase,
  model: { readonly id: string; readonly display_name: string },
  limits: Limits | null,
): Promise<string | null> {
  const input = {
    ...base,
    effort: { level: 'medium' },
    model,
    workspace: { current_dir: base.cwd, project_dir: base.cwd, added_dirs: [] },
    version: '2.1.330',
    output_style: { name: 'default' },
    cost: { total_cost_usd: 0, total_duration_ms: 591, total_api_duration_ms: 0 },
    context_window: { context_window_size: 1_000_000, used_percentage: limits === null ? null : 0 },
    exceeds_200k_tokens: false,
    ...(limits === null ? {} : { rate_limits: limits }),
  };
  const { code, out } = await runCommand(['sh', '-c', command], {
    cwd: base.cwd,
    env: process.env,
    input: `${JSON.stringify(input)}\n`,
    timeoutMs: 5000,
  });
  const [first = ''] = out.split('\n');
  return code === 0 && first !== '' ? first : null;
}
