import type { Diagnostic, Severity } from '../model/diagnostic.ts';
import { type Format, paint, shown, type Style, shownProse } from './style.ts';
import { wrapped } from './width.ts';

/** Diagnostics, worst first and otherwise in their order: summary and target, detail, and what to do. */
export function diagnosticsLines(diagnostics: readonly Diagnostic[], style: Style): string[] {
  return diagnostics.toSorted((a, b) => rank(a) - rank(b)).flatMap((each) => diagnosticLines(each, style));
}

/** `error`, in its colour: the word stays, so colour is never the only sign. */
export function severityWord(severity: Severity, style: Style): string {
  return paint(style, SEVERITY_FORMAT[severity], severity);
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const SEVERITY_FORMAT: Readonly<Record<Severity, Format>> = {
  error: ['red', 'bold'],
  warning: 'yellow',
  info: 'cyan',
};
const INDENT = 4;

function rank(diagnostic: Diagnostic): number {
  return SEVERITIES.indexOf(diagnostic.severity);
}

function diagnosticLines(diagnostic: Diagnostic, style: Style): string[] {
  const { severity, summary, detail, help, target } = diagnostic;
  const pad = ' '.repeat(INDENT);
  const head = `${severityWord(severity, style)}: ${paint(style, 'bold', shown(style, summary))}`;
  const lines = [`${head}  ${paint(style, 'dim', `[${shown(style, target)}]`)}`];
  if (detail !== '') {
    const room = Math.max(style.width - INDENT, 20);
    lines.push(
      ...detail
        .split('\n')
        .flatMap((line) => wrapped(shownProse(style, line), room).map((part) => pad + part)),
    );
  }
  if (help !== null) lines.push(...helpLines(help, pad, style));
  return lines;
}

/** Never wrapped: a command is there to be copied. */
function helpLines(help: string, pad: string, style: Style): string[] {
  const [first = '', ...more] = help.split('\n');
  return [`${pad}help: ${shown(style, first)}`, ...more.map((line) => `${pad}      ${shown(style, line)}`)];
}
