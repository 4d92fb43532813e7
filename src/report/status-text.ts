import type { Status } from '../model/status.ts';
import type { Phase } from '../model/words.ts';
import { diagnosticsLines } from './diagnostics-text.ts';
import { parkedTable, quotaTable } from './quota-tables.ts';
import { accountTable, inboxTable, poolTable, sessionTable } from './status-tables.ts';
import { type Format, paint, shown, shownPath, type Style, symbols } from './style.ts';
import { duration, when } from './time.ts';
import { textWidth, truncated } from './width.ts';

/** The fleet now, for a terminal: the phase and its reason first, the next step last. Ends with a newline. */
export function statusText(status: Status, style: Style): string {
  const parts = [
    headLines(status, style),
    accountTable(status, style),
    quotaTable(status, style),
    poolTable(status, style),
    sessionTable(status, style),
    inboxTable(status, style),
    parkedTable(status, style),
    diagnosticsLines(status.diagnostics, style),
    nextLines(status),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** Why the fleet is in its phase, in a few words. */
export function phaseReason(status: Status, style: Style): string {
  const worst = status.diagnostics.find((each) => each.severity === 'error') ?? status.diagnostics[0];
  const { actions, withheld } = status.pending;
  const reasons: Readonly<Record<Phase, string>> = {
    Converged: 'all is as the file says',
    Converging: [
      ...(actions > 0 ? [`${String(actions)} to do`] : []),
      ...(withheld > 0 ? [`${String(withheld)} withheld`] : []),
    ].join(', '),
    Degraded: worst === undefined ? `${String(withheld)} withheld` : `${worst.summary} (${worst.target})`,
    Blocked: blockedReason(status, style),
    Suspended: suspendedReason(status, style),
  };
  return shown(style, reasons[status.phase]);
}

function blockedReason({ blockedUntil, diagnostics }: Status, style: Style): string {
  if (blockedUntil !== null)
    return `no account has quota; it goes on by itself at ${when(blockedUntil, style.now, style.zone)}`;
  const worst = diagnostics.find(({ severity }) => severity === 'error');
  return worst === undefined ? 'no account to work under' : `${worst.summary} (${worst.target})`;
}

const PHASE_FORMAT: Readonly<Record<Phase, Format>> = {
  Converged: 'green',
  Converging: 'cyan',
  Degraded: 'yellow',
  Blocked: ['red', 'bold'],
  Suspended: ['magenta', 'bold'],
};

function headLines(status: Status, style: Style): string[] {
  const fleet = `fleet ${shown(style, status.fleet)}  `;
  const phase = status.phase.toUpperCase();
  const room = style.width - textWidth(fleet) - phase.length - 2;
  const why = truncated(phaseReason(status, style), Math.max(room, 0), symbols(style).ellipsis);
  const ago = duration(style.now - status.observedAt);
  return [
    `${paint(style, 'bold', fleet)}${paint(style, PHASE_FORMAT[status.phase], phase)}  ${why}`.trimEnd(),
    ...suspensionLines(status, style),
    cut(`file   ${shownPath(style, status.file)}, observed ${ago} ago`, style),
    cut(`loop   ${loopWords(status, style)}`, style),
  ];
}

/** A suspended part is never only a colour or a footnote: it stands right below the phase. */
function suspensionLines(status: Status, style: Style): string[] {
  return inForce(status)
    .filter((target) => target !== '*' || status.phase !== 'Suspended')
    .map((target) => {
      const words = suspendedWords(status, target, style);
      return cut(`SUSPENDED  ${target === '*' ? 'everything' : shown(style, target)}  ${words}`, style);
    });
}

/** All of it by one suspension, or so much of it that nothing else is left to do. */
function suspendedReason(status: Status, style: Style): string {
  if (inForce(status).includes('*')) return suspendedWords(status, '*', style);
  return 'what is not as the file says is suspended';
}

/** Targets of the suspensions that are not over yet, sorted. */
function inForce({ suspensions, observedAt }: Status): string[] {
  return Object.entries(suspensions)
    .filter(([, { until }]) => until === null || until > observedAt)
    .map(([target]) => target)
    .toSorted();
}

function suspendedWords(status: Status, target: string, style: Style): string {
  const suspension = status.suspensions[target];
  if (suspension === undefined) return 'suspended';
  const until =
    suspension.until === null ? 'until resumed' : `until ${when(suspension.until, style.now, style.zone)}`;
  const reason = suspension.reason === null ? '' : `: ${shown(style, suspension.reason)}`;
  return `by ${shown(style, suspension.by)}, ${until}${reason}`;
}

function loopWords(status: Status, style: Style): string {
  const { running, pid, since, lastCycleAt } = status.loop;
  if (!running) return 'not running: nothing keeps the fleet as it is';
  const parts = [
    pid === null ? 'running' : `pid ${String(pid)}`,
    since === null ? '' : `up ${duration(style.now - since)}`,
    lastCycleAt === null ? 'no cycle yet' : `last cycle ${duration(style.now - lastCycleAt)} ago`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function nextLines(status: Status): string[] {
  const { actions, withheld } = status.pending;
  if (status.phase === 'Suspended')
    return ['Next: `rollcall resume NAME` or `rollcall resume --all` ends a suspension.'];
  if (actions > 0 && !status.loop.running)
    return ['Next: `rollcall plan` shows the changes, `rollcall apply` makes them.'];
  if (actions > 0)
    return [
      `Next: the loop makes ${actions === 1 ? 'the change' : `${String(actions)} changes`} in its next cycle.`,
    ];
  if (withheld > 0) return ['Next: `rollcall plan` says why each change is withheld, and until when.'];
  if (!status.loop.running) return ['Next: `rollcall run` keeps it so.'];
  return [];
}

function cut(line: string, style: Style): string {
  return truncated(line, style.width, symbols(style).ellipsis);
}
