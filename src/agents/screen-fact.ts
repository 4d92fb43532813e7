import type { ScreenFact } from '../model/run.ts';
import type { Row } from './ansi.ts';
import { lastRows } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { withoutRows } from './row-pattern.ts';
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
  const said = stillRows(screens, sight).map(({ text }) => text);
  const seen = said.filter((text) => text !== '').map((text) => text.trim().replaceAll(/ {2,}/g, ' '));
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

/** The rows above the box, or all where none is drawn, without those that move by themselves: they stand last. */
function stillRows({ moving }: Screens, { parts: { said, width } }: Sight): readonly Row[] {
  return [...said.slice(0, -LAST), ...withoutRows(moving, said.slice(-LAST), width)];
}

const LAST = 12;
