import type { ApplyReport, StepOutcome, StepResult } from '../model/step.ts';
import { STEP_OUTCOMES } from '../model/step.ts';
import { ACTION_SIGNS, targetParts } from './effect-words.ts';
import { type Format, paint, shown, type Style } from './style.ts';
import { duration } from './time.ts';
import { padded, textWidth, wrapped } from './width.ts';

/** `[1/5] + session ccl-auto-12   created 0.1 s`, with its newline; what went wrong follows below it. */
export function progressLine(index: number, total: number, step: StepResult, style: Style): string {
  const { sign, format, past } = ACTION_SIGNS[step.type];
  const { kind, name } = targetParts(step.target);
  const count = `[${String(index).padStart(String(total).length)}/${String(total)}]`;
  const what = padded(`${shown(style, kind)} ${shown(style, name)}`, 28);
  const words =
    step.outcome === 'applied'
      ? past
      : paint(style, OUTCOME_FORMAT[step.outcome], OUTCOME_WORDS[step.outcome]);
  const head = `${count} ${paint(style, format, padded(sign, 3))} ${what}  ${words} ${duration(step.tookMs)}\n`;
  if (step.outcome === 'applied' || step.text === null) return head;
  const room = Math.max(style.width - INDENT, 20);
  return (
    head +
    wrapped(shown(style, step.text), room)
      .map((line) => `${' '.repeat(INDENT)}${line}\n`)
      .join('')
  );
}

/** How it came out, what is left and what to do next. Ends with a newline. */
export function applyText(report: ApplyReport, style: Style): string {
  const counts = STEP_OUTCOMES.map(
    (outcome) => [outcome, report.results.filter((each) => each.outcome === outcome).length] as const,
  )
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${String(count)} ${SUMMARY_WORDS[outcome]}`);
  const done = counts.length === 0 ? 'Nothing was done' : counts.join(', ');
  const left = report.remaining === 0 ? '' : ` ${String(report.remaining)} still to do.`;
  const withheld = report.withheld.length === 0 ? '' : ` ${String(report.withheld.length)} withheld.`;
  const head = `${done} in ${duration(report.tookMs)}.${left}${withheld}`;
  const sentence = OUTCOME_SENTENCES[report.outcome];
  const format = report.outcome === 'converged' ? 'green' : 'yellow';
  if (textWidth(`${head} ${sentence}`) <= style.width) return `${head} ${paint(style, format, sentence)}\n`;
  const below = wrapped(sentence, style.width).map((line) => paint(style, format, line));
  return `${[...wrapped(head, style.width), ...below].join('\n')}\n`;
}

const INDENT = 10;

const OUTCOME_WORDS: Readonly<Record<StepOutcome, string>> = {
  applied: 'done',
  stale: 'left alone: the world had moved',
  failed: 'FAILED',
  unknown: 'UNKNOWN: no answer in time; looked at again before anything else',
};

const OUTCOME_FORMAT: Readonly<Record<StepOutcome, Format>> = {
  applied: 'green',
  stale: 'yellow',
  failed: ['red', 'bold'],
  unknown: ['yellow', 'bold'],
};

const SUMMARY_WORDS: Readonly<Record<StepOutcome, string>> = {
  applied: 'done',
  stale: 'left alone (the world had moved)',
  failed: 'failed',
  unknown: 'of unknown outcome',
};

const OUTCOME_SENTENCES: Readonly<Record<ApplyReport['outcome'], string>> = {
  converged: 'Converged.',
  withheld: 'All else is as the file says; `rollcall plan` says what is left, and why.',
  incomplete: 'Not converged yet: run `rollcall apply` again, or leave `rollcall run` on.',
  failed: 'What failed was left as it is; `rollcall plan` shows what is still to do.',
  'timed-out':
    'Timed out before all was done: `rollcall apply` goes on from here, --timeout gives it longer.',
  interrupted: 'Interrupted after the current action: `rollcall apply` goes on from here.',
};
