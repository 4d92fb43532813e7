import type { Evidence, ScreenState, ScreenVerdict } from '../model/screen.ts';
import { drawnRows } from './ansi.ts';
import type { Profile } from './profile.ts';
import { type LimitWindow, resetTime } from './reset-time.ts';
import { asOne, matching } from './row-pattern.ts';
import { partsOf } from './screen-parts.ts';
import { type Hit, hitsOf, regionRows, type Sight } from './screen-rules.ts';
import type { Screens } from './screen-schema.ts';

/** A screen as it was seen. */
export interface SeenScreen {
  /** `tmux capture-pane -p`, or with `-e`, which tells more. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly seenAt: number;
  /** `#{pane_title}`; null: not known. */
  readonly title: string | null;
  /** IANA zone of the machine that drew it; left out: UTC. */
  readonly zone?: string;
}

/**
 * What an agent's screen says, by the rules of its profile. Pure, total and quick on any text: what no rule reads
 * is `unknown`. Only where and how the agent itself prints a limit is it one; next to a server's failure it is
 * none (SPEC §6.2, §6.3).
 */
export function readScreen(profile: Profile, screen: SeenScreen): ScreenVerdict {
  const { screens } = profile;
  return screens === undefined ? UNREAD : verdictOf(screens, sightOf(screens, screen), screen);
}

/** A screen taken apart, for the rules of its profile. */
export function sightOf({ layout }: Screens, { text, title }: SeenScreen): Sight {
  const { rows, coloured } = drawnRows(text);
  return { parts: partsOf(layout, rows), layout, coloured, title: (title ?? '').slice(0, 500) };
}

/** What a screen says that has been taken apart. */
export function verdictOf(screens: Screens, sight: Sight, screen: SeenScreen): ScreenVerdict {
  for (const [rule, { when, means }] of Object.entries(screens.rules)) {
    if (hitsOf({ when, means }, sight) === null) continue;
    if (means.evidence !== 'quota') return { ...means, resetsAt: null, rule };
    if (isVetoed(screens, sight)) return { ...means, ...vetoed(means.state), resetsAt: null, rule: 'veto' };
    return { ...means, resetsAt: resetOf(screens, sight, screen), rule };
  }
  return UNREAD;
}

/** What is said of a screen that nothing can be read in. */
export const UNREAD: ScreenVerdict = {
  state: 'unknown',
  dialog: null,
  evidence: null,
  resetsAt: null,
  rule: 'nothing-recognised',
};

function vetoed(state: ScreenState): { readonly state: ScreenState; readonly evidence: Evidence } {
  return { state: state === 'limited' ? 'error' : state, evidence: 'server-error' };
}

/** Whether this turn, the dialog or the rows around the box show that the server failed. What the user sent does not count. */
function isVetoed({ veto, layout }: Screens, { parts }: Sight): boolean {
  if (veto === undefined) return false;
  const { width } = parts;
  const turn = parts.turn.filter(({ kind }) => layout.blocks[kind]?.quotes !== true);
  const texts = [
    ...turn.flatMap(({ lead }) => asOne(lead, width)),
    ...turn.flatMap(({ rows }) => rows.map(({ text }) => text)),
    ...(['dialog', 'footer', 'status'] as const).flatMap((at) =>
      regionRows(at, parts).flatMap((joined) => joined.texts),
    ),
  ];
  return texts.some((text) => matching(veto.match, text.trim()) !== null);
}

/** The end of the limit, from whichever rule that means quota tells it; one with a zone of its own tells it best. */
function resetOf(screens: Screens, sight: Sight, { seenAt, zone = 'UTC' }: SeenScreen): number | null {
  const hits = Object.values(screens.rules)
    .filter(({ means }) => means.evidence === 'quota')
    .flatMap((rule): readonly Hit[] => hitsOf(rule, sight) ?? []);
  const texts = hits.flatMap(({ reset }) => reset ?? []);
  const window = hits.map(({ text }) => windowOf(screens, text)).find((each) => each !== 'unknown');
  const zoned = texts.filter((text) => text.includes('('));
  for (const text of [...zoned, ...texts]) {
    const at = resetTime(text, seenAt, zone, window ?? 'unknown');
    if (at !== null) return at;
  }
  return null;
}

function windowOf({ windows }: Screens, text: string): LimitWindow {
  if (matching(windows?.session?.match ?? [], text) !== null) return 'session';
  return matching(windows?.weekly?.match ?? [], text) === null ? 'unknown' : 'weekly';
}
