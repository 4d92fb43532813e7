import type { ScreenFact } from '../model/run.ts';
import type { Row } from './ansi.ts';
import { lastRows } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { joinedRows, matching } from './row-pattern.ts';
import { readBox } from './screen-input.ts';
import { readQuestion } from './screen-question.ts';
import { type SeenScreen, sightOf, UNREAD, verdictOf } from './screen.ts';
import type { Sight } from './screen-rules.ts';
import type { Screens } from './screen-schema.ts';
import { textHash } from './text-hash.ts';

/**
 * All that one screen says, by the rules of its profile: how the agent stands, what stands in its input box, what it
 * asks, what it said last. Pure, total and quick on any text.
 */
export function readScreenFact(profile: Profile, screen: SeenScreen): ScreenFact {
  const { screens } = profile;
  if (screens === undefined) return unread(screen);
  const sight = sightOf(screens, screen);
  const verdict = verdictOf(screens, sight, screen);
  const box = readBox(screens.layout, sight.parts);
  const rows = stillRows(screens, sight);
  const said = rows.map(({ text }) => text);
  const seen = said.map((text) => text.trim().replaceAll(/ {2,}/g, ' '));
  return {
    at: screen.seenAt,
    verdict,
    box,
    question: verdict.dialog === null ? null : readQuestion(screens.layout, sight.parts),
    hash: textHash([...seen, `[${box?.text ?? ''}]`].join('\n')),
    lastLines: lastRows(said.join('\n')),
  };
}

/** Nothing is known of what moves by itself there: all of it counts. */
function unread({ text, seenAt }: SeenScreen): ScreenFact {
  const sight = text.slice(-LONGEST);
  return {
    at: seenAt,
    verdict: UNREAD,
    box: null,
    question: null,
    hash: textHash(sight.trimEnd()),
    lastLines: lastRows(sight.replaceAll(SEQUENCE, '')),
  };
}

const LONGEST = 64 * 1024;
const ESCAPE = '\u001b';
const SEQUENCE = new RegExp(`${ESCAPE}\\[[0-9;:?]*[ -/]*[@-~]`, 'g');

/** The rows above the box, or all where none is drawn, without those that move by themselves. */
function stillRows({ moving }: Screens, { parts }: Sight): readonly Row[] {
  const { said, width } = parts;
  if (moving === undefined) return said;
  const dropped = new Set<number>();
  for (const { from, rows, texts } of joinedRows(said, width)) {
    if (dropped.has(from) || !texts.some((text) => matching(moving, text.trim()) !== null)) continue;
    rows.forEach((_, index) => dropped.add(from + index));
  }
  return said.filter((_, at) => !dropped.has(at));
}
