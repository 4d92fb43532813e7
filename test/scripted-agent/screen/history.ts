import { COLOR, colored, plain } from './span.ts';
import type { Row } from './span.ts';
import { cellsOf, wrapped } from './text.ts';
import type { Activity, Entry, View } from './view.ts';

/** A prompt of more rows is shown by its first and last ones. */
const MOST_PROMPT_ROWS = 50;

/** Banner and conversation, top to bottom, as many rows as it takes. */
export function historyRows(view: View, width: number): readonly Row[] {
  const queued = view.queued.flatMap((text): readonly Entry[] => [
    { type: 'user', text },
    { type: 'queued' },
  ]);
  const entries = [...view.entries, ...queued].flatMap((entry) => [
    ...(entry.type === 'notice' || entry.type === 'queued' ? [] : [[]]),
    ...entryRows(entry, width),
  ]);
  return [...bannerRows(view), [], ...entries];
}

function bannerRows({ banner }: View): readonly Row[] {
  const logo = [' ▐▛███▛█  ', '▝▜██████▀ ', ' ▝▝   ▝▝  '];
  return [
    [],
    [
      colored(`${logo[0] ?? ''} `, COLOR.brand),
      { text: 'Claude Code', bold: true },
      colored(' v2.1.330', COLOR.quiet),
    ],
    [colored(`${logo[1] ?? ''} `, COLOR.brand), colored(`${banner.model} · ${banner.billing}`, COLOR.quiet)],
    [colored(`${logo[2] ?? ''} `, COLOR.brand), colored(banner.cwd, COLOR.quiet)],
  ];
}

function entryRows(entry: Entry, width: number): readonly Row[] {
  switch (entry.type) {
    case 'user':
      return userRows(entry.text, width);
    case 'answer':
      return bulleted(entry.text, width - 4, COLOR.bright, null);
    case 'api-error':
      // Errors are wrapped earlier than answers (corpus 51).
      return bulleted(entry.text, width - 10, COLOR.warning, COLOR.warning);
    case 'info':
      return bulleted(entry.text, width - 4, COLOR.quiet, COLOR.quiet);
    case 'notice':
      return noticeRows(entry.text, entry.tone, width);
    case 'queued':
      return [[colored('  ⎿  Queued · ctrl+x ctrl+s to send now', COLOR.quiet)]];
    case 'tool':
      return [
        [plain(`  ${entry.title}`)],
        ...wrapped(`$ ${entry.command}`, width - 7).map((line, index) => [
          colored(index === 0 ? '  ⎿  ' : '     ', COLOR.quiet),
          plain(line),
        ]),
      ];
    case 'write':
      return [[colored('● ', COLOR.error), { text: 'Write', bold: true }, plain(`(${entry.path})`)]];
    case 'done':
      return [[plain(`  ${entry.text}`)]];
    case 'finished':
      return [[colored(`✻ ${entry.verb} for ${entry.took} · done ${entry.at}`, COLOR.quiet)]];
  }
}

/** Submitted prompts stand behind a normal space; only the input box has a no-break one. */
function userRows(text: string, width: number): readonly Row[] {
  const rows = wrapped(text, width - 4).map(
    (line, index): Row => [
      { text: index === 0 ? '❯ ' : '  ', background: COLOR.prompt },
      { text: line, color: COLOR.bright, background: COLOR.prompt },
    ],
  );
  if (rows.length <= MOST_PROMPT_ROWS) return rows;
  const half = MOST_PROMPT_ROWS / 2;
  const words = `  ──── (${String(rows.length - MOST_PROMPT_ROWS)} lines hidden) `;
  const hidden: Row = [colored(words + '─'.repeat(Math.max(0, width - 1 - cellsOf(words))), COLOR.quiet)];
  return [...rows.slice(0, half), hidden, ...rows.slice(-half)];
}

function bulleted(text: string, width: number, bullet: number, color: number | null): readonly Row[] {
  return wrapped(text, width).map((line, index) => [
    index === 0 ? colored('● ', bullet) : plain('  '),
    color === null ? plain(line) : colored(line, color),
  ]);
}

function noticeRows(text: string, tone: 'error' | 'quiet', width: number): readonly Row[] {
  return wrapped(text, width - 7).map((line, index) => [
    colored(index === 0 ? '  ⎿ \u00a0' : '     ', COLOR.quiet),
    colored(line, tone === 'error' ? COLOR.error : COLOR.quiet),
  ]);
}

/** What goes on now; it stands right above the input box. */
export function activityRow(activity: Activity): Row {
  switch (activity.type) {
    case 'working': {
      const tokens = String(Math.max(1, activity.seconds * 3));
      return [
        colored(`${activity.glyph} ${activity.verb}… `, COLOR.brand),
        colored(`(${String(activity.seconds)}s · ↓ ${tokens} tokens)`, COLOR.quiet),
      ];
    }
    case 'retrying':
      return [
        colored(`✻ ${activity.what}`, COLOR.error),
        colored(
          ` · retrying in ${String(activity.seconds)}s · attempt ${String(activity.attempt)}/10`,
          COLOR.quiet,
        ),
      ];
    case 'background':
      return [
        colored(
          `✻ Waiting for ${String(activity.count)} background agent${activity.count === 1 ? '' : 's'} to finish`,
          COLOR.quiet,
        ),
      ];
  }
}
