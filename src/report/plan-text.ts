import type { Action, Plan, Withheld } from '../model/plan.ts';
import { diagnosticsLines } from './diagnostics-text.ts';
import { ACTION_SIGNS, effectWords, targetParts, VERBS } from './effect-words.ts';
import { becauseLines } from './place.ts';
import { type Format, paint, shown, shownPath, type Style } from './style.ts';
import { clock, duration } from './time.ts';
import { padded, textWidth, wrapped } from './width.ts';

export interface PlanTextOptions {
  /** Absolute path of the desired-state file. */
  readonly file: string;
  /** `plan` says that nothing was changed and what to run; `apply` goes on by itself. */
  readonly verb: 'plan' | 'apply';
  /** Where the plan was saved, or null. */
  readonly saved: string | null;
}

/** The plan for a person: what, why and which line of the file asks for it. Ends with a newline. */
export function planText(plan: Plan, style: Style, options: PlanTextOptions): string {
  const nameWidth = nameWidthOf(plan, style);
  const parts = [
    [headLine(plan, style, options)],
    [
      ...plan.actions.flatMap((action) => actionLines(action, nameWidth, style)),
      ...plan.withheld.flatMap((each) => withheldLines(each, nameWidth, style)),
    ],
    diagnosticsLines(plan.diagnostics, style),
    [
      ...summaryLines(plan, style, options),
      ...nextLines(plan, options, style).flatMap((line) => wrapped(line, style.width)),
    ],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** `1 to create, 2 to stop; 1 withheld`, or null where there is neither. */
export function planCounts(plan: Pick<Plan, 'actions' | 'withheld'>): string | null {
  const counts = VERBS.map(
    (verb) => [verb, plan.actions.filter((each) => ACTION_SIGNS[each.type].verb === verb).length] as const,
  );
  const todo = counts.filter(([, count]) => count > 0).map(([verb, count]) => `${String(count)} to ${verb}`);
  const held = plan.withheld.length === 0 ? [] : [`${String(plan.withheld.length)} withheld`];
  const both = [...(todo.length === 0 ? [] : [todo.join(', ')]), ...held];
  return both.length === 0 ? null : both.join('; ');
}

const SIGN_WIDTH = 3;
const KIND_WIDTH = 9;
const NAME_WIDTH = { least: 12, most: 32 };
const INDENT = 8;

function headLine(plan: Plan, style: Style, options: PlanTextOptions): string {
  const ago = duration(style.now - plan.observedAt);
  return `${paint(style, 'bold', `fleet ${shown(style, plan.fleet)}`)}  ${shownPath(style, options.file)}  observed ${ago} ago`;
}

function actionLines(action: Action, nameWidth: number, style: Style): string[] {
  const { sign, format } = ACTION_SIGNS[action.type];
  const loss = action.disrupts ? '  (disrupts)' : '';
  return [
    ...itemLines(sign, format, action.target, effectWords(action.effect, style) + loss, nameWidth, style),
    ...becauseLines(`${action.reason}: ${action.because}`, action.source, style, INDENT),
  ];
}

function withheldLines(withheld: Withheld, nameWidth: number, style: Style): string[] {
  const until = withheld.until === null ? '' : ` until ${untilWords(withheld.until, style)}`;
  return [
    ...itemLines('!', 'yellow', withheld.target, `withheld${until}: ${withheld.type}`, nameWidth, style),
    ...becauseLines(`${withheld.reason}: ${withheld.because}`, withheld.source, style, INDENT),
  ];
}

function untilWords(until: number, style: Style): string {
  return `${clock(until, style.now, style.zone)} (in ${duration(until - style.now)})`;
}

/** Sign, kind, name and what; what does not fit beside the name goes below it. */
function itemLines(
  sign: string,
  format: Format,
  target: string,
  words: string,
  nameWidth: number,
  style: Style,
): string[] {
  const { kind, name } = targetParts(target);
  const head = `  ${padded(shown(style, kind), KIND_WIDTH)}${padded(shown(style, name), nameWidth)}`;
  const start = paint(style, format, padded(sign, SIGN_WIDTH, 'right')) + head;
  if (SIGN_WIDTH + textWidth(head) + GAP + textWidth(words) <= style.width) return [`${start}  ${words}`];
  return [
    start.trimEnd(),
    ...wrapped(words, Math.max(style.width - INDENT, 20)).map((line) => ' '.repeat(INDENT) + line),
  ];
}

const GAP = 2;

function nameWidthOf(plan: Plan, style: Style): number {
  const widest = [...plan.actions, ...plan.withheld].reduce(
    (most, { target }) => Math.max(most, textWidth(shown(style, targetParts(target).name))),
    NAME_WIDTH.least,
  );
  return Math.min(widest, NAME_WIDTH.most);
}

function summaryLines(plan: Plan, style: Style, options: PlanTextOptions): string[] {
  const { word, format, rest } = summary(plan, options);
  // Wrapped before it is painted: colour takes no columns.
  return wrapped(`${word} ${rest}`, style.width).map((line) =>
    line.startsWith(word) ? paint(style, format, word) + line.slice(word.length) : line,
  );
}

function summary(plan: Plan, options: PlanTextOptions): { word: string; format: Format; rest: string } {
  const unchanged = options.verb === 'plan' ? ' Nothing has been changed.' : '';
  const counts = planCounts(plan);
  if (counts !== null) return { word: 'Plan:', format: 'bold', rest: `${counts}.${unchanged}` };
  return plan.converged
    ? { word: 'Converged:', format: 'green', rest: 'all is as the file says; nothing to do.' }
    : { word: 'Nothing', format: 'yellow', rest: 'to do now, but not all is as the file says: see above.' };
}

function nextLines(plan: Plan, options: PlanTextOptions, style: Style): string[] {
  if (options.verb === 'apply') return [];
  if (options.saved !== null) {
    const file = shown(style, options.saved);
    return [
      `Saved to ${file}; \`rollcall apply ${file}\` does exactly this, or stops where the world has moved.`,
    ];
  }
  if (plan.actions.length > 0) {
    return [
      '`rollcall apply` does this after a new look; `rollcall plan --out FILE` saves it, to apply exactly this.',
    ];
  }
  if (plan.withheld.some((each) => each.reason === 'mass-removal')) {
    return ['`rollcall apply` asks for a yes to the removal, and then carries it out.'];
  }
  return [];
}
