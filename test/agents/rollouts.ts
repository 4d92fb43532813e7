/** Lines of a rollout of Codex, as facts and captures have them, without what nobody reads. */
export const ID = '01a20724-2128-7a63-b166-29854c974b73';
export const NAME = `rollout-2026-11-23T06-42-18-${ID}.jsonl`;
export const MARKER = '(attempt k3f9a2)';

const WRITTEN = '2026-11-23T07:00:00.000Z';

/** A file of these lines. */
export function rollout(...rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Its first line. */
export function meta(over: object = {}): object {
  const payload = { session_id: ID, id: ID, cwd: '/home/ada/project', source: 'cli', thread_source: 'user' };
  return line('session_meta', { ...payload, base_instructions: { text: 'You are …' }, ...over });
}

export function prompt(text = `Rollcall task work/fix ${MARKER}\n\nFix it.`, role = 'user'): object {
  const type = role === 'user' ? 'input_text' : 'output_text';
  return line('response_item', { type: 'message', role, content: [{ type, text }] });
}

export function turn(
  how: 'open' | 'ended' | 'failed' | 'aborted',
  info: unknown = null,
  message = 'It failed.',
): object {
  if (how === 'open') return line('event_msg', { type: 'task_started', turn_id: 't' });
  if (how === 'aborted') return line('event_msg', { type: 'turn_aborted', reason: 'interrupted' });
  const end = { type: 'task_complete', turn_id: 't' };
  return how === 'ended'
    ? line('event_msg', { ...end, last_agent_message: 'All is done.' })
    : line('event_msg', { ...end, last_agent_message: null, error: { message, codex_error_info: info } });
}

/** How much is used; the windows end at 1795420000 and 1795500000. */
export function tokens(primary: number, secondary: number): object {
  const rate_limits = {
    limit_id: 'codex',
    primary: { used_percent: primary, window_minutes: 300, resets_at: 1_795_420_000 },
    secondary: { used_percent: secondary, window_minutes: 10_080, resets_at: 1_795_500_000 },
    credits: null,
  };
  return line('event_msg', { type: 'token_count', info: null, rate_limits });
}

function line(type: string, payload: object): object {
  return { timestamp: WRITTEN, ordinal: 1, type, payload };
}
