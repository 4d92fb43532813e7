import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readScreenFact } from '../../src/agents/screen-fact.ts';

const CAPTURE = readFileSync(new URL('../corpus/codex/60-question.txt', import.meta.url), 'utf8');

function shown(counted: string) {
  const text = CAPTURE.replace('(1 unanswered)', `(1 unanswered)${counted}`);
  expect(text).toContain(counted);
  const title = '[ ! ] Action Required | project';
  return readScreenFact(builtinProfile('codex'), { text, seenAt: 1_795_418_532_000, title, zone: 'UTC' });
}

// Else a question would be told anew with each look.
test('a question of Codex is the same while it counts down', () => {
  const [before, first, later] = ['', ' · auto-resolves in 59s', ' · auto-resolves in 1m 02s'].map(shown);
  for (const each of [before, first, later]) {
    expect(each?.verdict).toMatchObject({ state: 'waiting', dialog: 'question' });
    expect(each?.question).toBe('Which of the two colours do you want?');
  }
  expect(later?.hash).toBe(first?.hash);
});
