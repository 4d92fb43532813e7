import { paneId, quote, sessionId } from './values.ts';

/** Fields of one pane that tmux itself makes up: ids and numbers, no foreign text. */
const PANE = [
  '#{session_id}',
  '#{pane_id}',
  '#{pane_pid}',
  '#{session_created}',
  '#{session_attached}',
  '#{pane_dead}',
  '#{pane_dead_status}',
  '#{pane_dead_signal}',
  '#{pane_in_mode}',
  '#{pane_synchronized}',
  '#{pane_input_off}',
].join(' ');

/** Fields that others choose, each between two delimiters. */
const FOREIGN = [
  '#{session_name}',
  '#{pane_current_command}',
  '#{pane_current_path}',
  '#{@rollcall_owner}',
  '#{@rollcall_fence}',
];

/** The commands that print the whole server; `mark` is 32 random hex digits that no foreign text can hold. */
export function listQuery(mark: string): string {
  return [
    `display-message -p ${quote(`${mark}H #{pid} #{start_time} #{S:#{session_id} }`)}`,
    `list-panes -a -F ${quote(`${mark}P ${PANE}${FOREIGN.map((field) => mark + field).join('')}`)}`,
    `list-clients -F ${quote(`${mark}C #{session_id} #{client_activity}`)}`,
    `display-message -p ${mark}E`,
    '',
  ].join('\n');
}

/**
 * The commands that print each session's own options and what each pane shows. Lines of their own, so that a session
 * or pane that has gone stops none of the others; the id behind what was printed proves that it was still there.
 */
export function stampsQuery(ids: readonly string[], panes: readonly string[], mark: string): string {
  return [
    `display-message -p ${quote(`${mark}G #{pid} #{start_time}`)}`,
    'show-options -s',
    'show-options -g',
    'show-options -gw',
    `display-message -p ${mark}S`,
    ...ids.flatMap((id) => [
      `show-options -t ${quote(sessionId(id))}`,
      `display-message -p -t ${quote(`${sessionId(id)}:`)} ${quote(`${mark}I #{session_id} ${id.slice(1)}`)}`,
    ]),
    ...panes.flatMap((id) => [
      `capture-pane -p -e -t ${quote(paneId(id))}`,
      `display-message -p -t ${quote(paneId(id))} ${quote(`${mark}T #{pane_id} ${id.slice(1)} #{cursor_x} #{cursor_y} #{remain-on-exit}${mark}#{pane_title}${mark}N`)}`,
    ]),
    `display-message -p ${mark}E`,
    '',
  ].join('\n');
}
