/** What is shown: a line that is typed, and how long its answer is looked at, in seconds. */
export interface Step {
  readonly line: string;
  readonly pause: number;
}

/** The commands of the recording, on the fleet of recording.yaml, each on an empty screen. */
export const STEPS: readonly Step[] = [
  { line: 'cat desired-state.yaml', pause: 6 },
  { line: 'rollcall plan', pause: 7 },
  { line: 'rollcall apply --yes', pause: 5 },
  {
    line: 'rollcall task add --text "Water the tomatoes." --title tomatoes && rollcall apply --yes',
    pause: 4,
  },
  { line: 'rollcall status', pause: 7 },
  { line: 'tmux kill-session -t =auto-12; rollcall plan', pause: 5 },
  { line: 'rollcall why auto-12', pause: 5 },
  { line: 'ln -sfn /tmp ~/.claude-backup/projects; rollcall status', pause: 7 },
  { line: 'rm ~/.claude-backup/projects; rollcall apply --yes', pause: 6 },
];
