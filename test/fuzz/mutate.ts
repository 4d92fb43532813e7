import fc from 'fast-check';

/*
 * Damaged versions of real texts. Which damage is drawn as a few numbers, so that a case is quick to make and shrinks
 * to fewer and smaller ones.
 */

/** A text of the corpus with up to six kinds of damage, one after the other. */
export function mutated(corpus: readonly string[], words: readonly string[]): fc.Arbitrary<string> {
  const number = fc.nat(0xffff);
  return fc
    .record({
      text: fc.nat(corpus.length - 1),
      edits: fc.array(fc.tuple(number, number, number, number), { maxLength: 6 }),
    })
    .map(({ text, edits }) =>
      edits.reduce(
        (damaged, [kind, at, length, which]) =>
          pick(
            EDITS,
            kind,
          )({
            text: damaged,
            at: at % (damaged.length + 1),
            length: length % (length % 7 === 0 ? damaged.length + 1 : 40),
            word: pick([...words, ...ODD], which),
            other: pick(corpus, which),
          }).slice(0, LONGEST),
        pick(corpus, text),
      ),
    );
}

/** The same as bytes, some of which may be no UTF-8. */
export function mutatedBytes(corpus: readonly string[], words: readonly string[]): fc.Arbitrary<Uint8Array> {
  const number = fc.nat(0xffff);
  const spoilt = fc.array(fc.tuple(number, fc.nat(255)), { maxLength: 3 });
  return fc
    .tuple(mutated(corpus, words), fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, spoilt))
    .map(([text, bytes]) => {
      const all = new TextEncoder().encode(text);
      for (const [at, byte] of bytes) if (all.length > 0) all[at % all.length] = byte;
      return all;
    });
}

const LONGEST = 64 * 1024;

interface Edit {
  readonly text: string;
  readonly at: number;
  readonly length: number;
  /** One of the words of this language, or an odd text. */
  readonly word: string;
  readonly other: string;
}

const EDITS: readonly ((edit: Edit) => string)[] = [
  function cutsOut({ text, at, length }) {
    return text.slice(0, at) + text.slice(at + length);
  },
  function cutsOff({ text, at }) {
    return text.slice(0, at);
  },
  function cutsTheBeginning({ text, at }) {
    return text.slice(at);
  },
  function puts({ text, at, word }) {
    return text.slice(0, at) + word + text.slice(at);
  },
  function putsInstead({ text, at, length, word }) {
    return text.slice(0, at) + word + text.slice(at + length);
  },
  function repeats({ text, at, length }) {
    return (
      text.slice(0, at + length) + text.slice(at, at + length).repeat(1 + (at % 30)) + text.slice(at + length)
    );
  },
  function nests({ text, at, word }) {
    return text.slice(0, at) + word.repeat(1 + (at % 200)) + text.slice(at);
  },
  function splices({ text, at, other }) {
    return text.slice(0, at) + other.slice(at % (other.length + 1));
  },
  function swapsLines({ text, at, length }) {
    const lines = text.split('\n');
    const from = lines.splice(at % lines.length, 1 + (length % 3));
    lines.splice(length % (lines.length + 1), 0, ...from);
    return lines.join('\n');
  },
  function doublesALine({ text, at }) {
    const lines = text.split('\n');
    const line = lines[at % lines.length] ?? '';
    return lines.toSpliced(at % lines.length, 0, line).join('\n');
  },
  function putsALine({ text, at, word }) {
    const lines = text.split('\n');
    return lines.toSpliced(at % (lines.length + 1), 0, word).join('\n');
  },
  function wraps({ text, length }) {
    return text.replaceAll(new RegExp(`[^\\n]{${String(length + 20)}}`, 'gu'), '$&\n');
  },
  function endsLinesOtherwise({ text, at }) {
    return text.replaceAll('\n', at % 2 === 0 ? '\r\n' : '\r');
  },
  function changesNumbers({ text, at, word }) {
    let count = 0;
    return text.replaceAll(/\d+/g, (digits) => {
      count += 1;
      return count % 5 === at % 5 ? (/^-?\d/.test(word) ? word : String(at)) : digits;
    });
  },
  function changesCase({ text, at, length }) {
    return text.slice(0, at) + text.slice(at, at + length).toUpperCase() + text.slice(at + length);
  },
];

/** What parsers tend to trip over, whatever their language. */
const ODD: readonly string[] = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '\u001b[31m',
  '\u001b]0;x\u0007',
  '\u001b[201~',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ud800',
  '\udc00',
  '\u{1f4a9}',
  'e\u0301',
  '\u0130',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '0',
  '-1',
  '1e999',
  '-0',
  '9007199254740993',
  '99999999999999999999999',
  'NaN',
  'null',
  'true',
  '{}',
  '[]',
  '[[[[',
  '{{{{',
  '"',
  "'",
  '\\',
  '\\u0000',
  '%s%n',
  '$(id)',
  '#{pane_id}',
  '#(id)',
  '../',
  '/',
];

function pick<T>(from: readonly T[], at: number): T {
  const found = from[at % from.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}
