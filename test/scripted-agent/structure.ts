/**
 * A screen as the kinds of its rows, with what differs from run to run (paths, models, times, verbs, glyphs, the
 * user's words) replaced by a word for it, and without rows that come and go by themselves (hints, news, the status
 * line). Three blank rows and more are one gap. Two screens of one structure are read alike by any rule that is
 * worth having.
 */
export function structureOf(screen: string): readonly string[] {
  // An answer of which nothing has been said yet has a row of its own.
  const rows = screen
    .replaceAll(/^● *\n *\n/gm, '')
    .split('\n')
    .map((row) => row.replace(/ +$/, ''));
  const banner = rows.findIndex((row) => row.includes('Claude Code v'));
  const kinds = rows
    .filter((row) => !GONE.test(row))
    .map((row, index) => {
      if (banner >= 0 && index > banner && index <= banner + 2) return `BANNER ${String(index - banner)}`;
      return BLANK.some((kind) => kind.test(row)) ? '' : masked(row);
    });
  return kinds
    .join('\n')
    .trim()
    .replaceAll(/\n{4,}/g, '\n\nGAP\n\n')
    .split('\n');
}

function masked(row: string): string {
  return MASKS.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), row);
}

/** Rows that push the others down: status line, tips, news. */
const GONE = /^ {2}SL | Tip: |^▎/;

/** Rows in places that are blank at other times. */
const BLANK = [/◐ medium · \/effort$/, /^ {2,}(?:tmux focus-events|ctrl\+y to paste)/];

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/^.*Claude Code v/g, 'LOGO Claude Code v'],
  [/^❯ (?!\d|No|\S+ \S+ \(recommended\)).*$/g, '❯ PROMPT'],
  [/^✻ \S+ for [\dms ]+ · done \d+:\d+ [AP]M$/g, '✻ VERB for TIME · done TIME'],
  [/^[·✢*✶✻✽] \S+… \(\d+s · ↓ \d+ tokens\)$/g, 'SPINNER'],
  [/retrying in \d+s/g, 'retrying in Ns'],
  [/attempt \d+\//g, 'attempt N/'],
  [/(?:[A-Z][a-z]{2} \d+, )?\b\d{1,2}(?::\d\d)?[ap]m/g, 'TIME'],
  [/(?<=\s)\/(?:tmp|home)\/\S+/g, 'PATH'],
  [/ · \? for shortcuts| · ← for agents/g, ''],
  [/#\d+/g, '#N'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
  // A tool says what it does, and is asked for by what it would do.
  [/^ {2}Creating a /g, '  Create a '],
  [/(.)\1{50,}/gu, '$1 RULE'],
];
