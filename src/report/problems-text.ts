import type { FileProblem } from '../model/seams.ts';
import { severityWord } from './diagnostics-text.ts';
import { API_VERSION } from './json.ts';
import { safeBlock } from './safe-text.ts';
import { paint, shown, shownPath, type Style } from './style.ts';

/** Every problem with the file as a frame: what is wrong, where, the source lines with a caret, and what to do. */
export function problemsText(problems: readonly FileProblem[], style: Style): string {
  const errors = problems.filter((each) => each.severity === 'error').length;
  const warnings = problems.length - errors;
  const frames = problems.map((each) => `${problemLines(each, style).join('\n')}\n`);
  return `${frames.join('\n')}\n${counted(errors, 'error')}, ${counted(warnings, 'warning')}.\n`;
}

/** The same as published (`rollcall schema Problems`). */
export function problemsDocument(file: string, problems: readonly FileProblem[]) {
  return {
    apiVersion: API_VERSION,
    kind: 'Problems',
    file,
    valid: problems.every((each) => each.severity !== 'error'),
    problems: problems.map(({ severity, code, file: at, line, column, path, message, help, frame }) => ({
      severity,
      code,
      file: at,
      line,
      column,
      path,
      message,
      help,
      frame,
    })),
  } as const;
}

function problemLines(problem: FileProblem, style: Style): string[] {
  const { severity, message, file, line, column, frame, help } = problem;
  const at =
    line === 0 ? shownPath(style, file) : `${shownPath(style, file)}:${String(line)}:${String(column)}`;
  return [
    `${severityWord(severity, style)}: ${paint(style, 'bold', shown(style, message))}`,
    ` ${paint(style, 'blue', '-->')} ${at}`,
    ...frameLines(frame, style),
    ...(help === null ? [] : [`   ${paint(style, 'blue', '=')} help: ${shown(style, help)}`]),
  ];
}

/** The line of the caret in colour; source lines as they are, made safe. */
function frameLines(frame: string, style: Style): string[] {
  if (frame === '') return [];
  return safeBlock(frame.replace(/\n$/, ''))
    .split('\n')
    .map((line) => (/^[\s|]*\^+\s*$/.test(line) ? paint(style, 'red', line) : line))
    .map((line) => (style.unicode ? line : line.replace(/[^\x20-\x7e]/gu, '?')));
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
