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

/** The frame says it all where there is one; a problem with the file as a whole may come without. */
function problemLines(problem: FileProblem, style: Style): string[] {
  const { severity, message, file, frame, help } = problem;
  if (frame !== '') return frameLines(problem, style);
  return [
    `${severityWord(severity, style)}: ${paint(style, 'bold', shown(style, message))}`,
    ` ${paint(style, 'blue', '-->')} ${shownPath(style, file)}`,
    ...(help === null ? [] : [`   ${paint(style, 'blue', '=')} help: ${shown(style, help)}`]),
  ];
}

/** As desired/ drew it, made safe, with the word in front and the caret in colour. */
function frameLines({ severity, frame }: FileProblem, style: Style): string[] {
  const word = `${severity}: `;
  return safeBlock(frame.replace(/\n$/, ''))
    .split('\n')
    .map((line) => (style.unicode ? line : line.replace(/[^\x20-\x7e]/gu, '?')))
    .map((line, index) => {
      if (index === 0 && line.startsWith(word)) {
        return `${severityWord(severity, style)}: ${paint(style, 'bold', line.slice(word.length))}`;
      }
      return /^[\s|]*\^+\s*$/.test(line) ? paint(style, 'red', line) : line;
    });
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}
