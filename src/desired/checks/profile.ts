import { PROFILE_WORDS, type ProfileWord } from '../../model/agents.ts';
import { closest } from '../../model/suggest.ts';
import { type Finding, wrongValue } from '../finding.ts';
import { at, entries, items, text, type Written } from '../tree.ts';
import { dotted, shortened } from '../words.ts';

/** Words in braces that stand for nothing where they are written, and arguments without the one they are for. */
export function profileFindings(agent: Written): Finding[] {
  const launch = at(agent, 'launch');
  return [
    ...entries(launch).flatMap(([, args]) => items(args).flatMap((node) => unknownWords(node, IN_ARGUMENTS))),
    ...NEEDED.flatMap(([key, word]) => missingWord(at(launch, key), word)),
    ...(keepsApart(launch) ? [] : missingWord(at(launch, 'resume'), 'conversation')),
    ...items(at(agent, 'firstStart')).flatMap((answer) => [
      ...unknownWords(at(answer, 'file'), ['home']),
      ...items(at(answer, 'at')).flatMap((node) => unknownWords(node, ['cwd'])),
    ]),
    ...unknownWords(at(agent, 'transcript', 'found', 'folder'), DAY),
    ...TRANSCRIPT.flatMap((keys) => unknownWords(at(agent, 'transcript', ...keys), IN_TRANSCRIPT)),
  ];
}

const DAY: readonly ProfileWord[] = ['year', 'month', 'day'];
const IN_ARGUMENTS: readonly ProfileWord[] = PROFILE_WORDS.filter(
  (word) => word !== 'home' && !DAY.includes(word),
);

const IN_TRANSCRIPT: readonly ProfileWord[] = ['slug', 'conversation', 'conversationStart'];

/** Arguments that are there for one value. */
const NEEDED: readonly (readonly [key: string, word: ProfileWord])[] = [
  ['resumeOwn', 'conversation'],
  ['model', 'model'],
  ['settings', 'settings'],
  ['prompt', 'prompt'],
];

/** What it keeps is one attempt's alone, so that its last conversation there is that of the attempt. */
function keepsApart(launch: Written): boolean {
  return entries(at(launch, 'env')).some(([, value]) => text(value)?.includes('{run}') === true);
}

const TRANSCRIPT: readonly (readonly string[])[] = [['file'], ['search', 'below'], ['search', 'file']];

function unknownWords(node: Written, known: readonly ProfileWord[]): Finding[] {
  const words = [...(text(node) ?? '').slice(0, 2000).matchAll(/\{([A-Za-z]+)\}/g)].map(
    ([, word = '']) => word,
  );
  const unknown = words.find((word) => !known.some((each) => each === word));
  if (unknown === undefined) return [];
  const message = `${dotted(node.path)}: {${shortened(unknown)}} stands for nothing here`;
  return [wrongValue('bad-value', node.path, message, () => suggestion(unknown, known))];
}

function suggestion(unknown: string, known: readonly ProfileWord[]): string {
  const near = closest(unknown, known);
  return near === null
    ? `what stands for something: ${known.map((word) => `{${word}}`).join(' ')}`
    : `did you mean {${near}}?`;
}

function missingWord(node: Written, word: ProfileWord): Finding[] {
  const args = items(node);
  if (args.length === 0 || args.some((each) => text(each)?.includes(`{${word}}`) === true)) return [];
  const message = `${dotted(node.path)}: no argument holds {${word}}`;
  return [wrongValue('bad-value', node.path, message, `write {${word}} where it belongs`)];
}
