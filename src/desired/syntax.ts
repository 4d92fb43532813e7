import type { ErrorCode, YAMLError } from 'yaml';
import { type Finding, wrongText } from './finding.ts';

/**
 * YAML's own errors in our words, one per line of the text: one missing quote makes many. The parser's messages
 * are not used because some quote the text, which may hold a secret.
 */
export function syntaxFindings(errors: readonly YAMLError[], lineAt: (offset: number) => number): Finding[] {
  const lines = new Set<number>();
  const findings: Finding[] = [];
  for (const error of errors) {
    const line = lineAt(error.pos[0]);
    if (lines.has(line)) continue;
    lines.add(line);
    const missing = missingCharacter(error);
    // A bracket that was never closed shows as wrong indentation of what follows it.
    const [message, help] = WORDS[missing === null ? error.code : 'MISSING_CHAR'];
    findings.push(wrongText('yaml', error.pos, message, missing ?? help));
  }
  return findings;
}

/** The parser names the missing character; nothing else of its message is ours to show. */
function missingCharacter(error: YAMLError): string | null {
  if (error.code !== 'MISSING_CHAR' && error.code !== 'BAD_INDENT') return null;
  if (/closing "quote/i.test(error.message)) return 'close the quotes; is the file cut off here?';
  const [, closing] = /(?:expected|end with).* ([\]}])/.exec(error.message) ?? [];
  return closing === undefined ? null : `a closing ${closing} is missing; is the file cut off here?`;
}

const QUOTE = 'put the text in quotes';
const PLAIN = 'write the value out; Rollcall uses no anchors, aliases or tags';

const WORDS: Readonly<Record<ErrorCode, readonly [message: string, help: string | null]>> = {
  ALIAS_PROPS: ['an alias cannot carry an anchor or tag', PLAIN],
  BAD_ALIAS: ['not a valid alias', 'a text that begins with & or * needs quotes'],
  BAD_COLLECTION_TYPE: ['a tag does not fit what it stands on', PLAIN],
  BAD_DIRECTIVE: ['not a valid YAML directive', 'a line cannot begin with %'],
  BAD_DQ_ESCAPE: ['not a valid escape in double quotes', 'write \\\\ for a backslash, or use single quotes'],
  BAD_INDENT: [
    'the indentation does not fit the lines around it',
    'align it with the other keys of the same map',
  ],
  BAD_PROP_ORDER: ['an anchor or tag stands in the wrong place', PLAIN],
  BAD_SCALAR_START: ['a text cannot begin with this character', QUOTE],
  BLOCK_AS_IMPLICIT_KEY: [
    'a map cannot begin on this line',
    'one "key: value" to a line; a text with ": " in it needs quotes',
  ],
  BLOCK_IN_FLOW: ['an indented map or list cannot stand inside { } or [ ]', 'write it in one style'],
  DUPLICATE_KEY: ['this key is there twice', 'keep one of them'],
  IMPOSSIBLE: ['this cannot be read as YAML', null],
  KEY_OVER_1024_CHARS: ['a key longer than 1024 characters', null],
  MISSING_CHAR: [
    'something is missing here',
    'a colon after a key, a closing quote, or a space after a dash?',
  ],
  MULTILINE_IMPLICIT_KEY: ['a key must stand on one line', 'is a colon or a closing quote missing?'],
  MULTIPLE_ANCHORS: ['two anchors on one value', PLAIN],
  MULTIPLE_DOCS: ['a second YAML document', 'one file holds one fleet; remove the --- line'],
  MULTIPLE_TAGS: ['two tags on one value', PLAIN],
  NON_STRING_KEY: ['a key must be a text', QUOTE],
  RESOURCE_EXHAUSTION: ['nested too deeply', 'no fleet needs this; is it the right file?'],
  TAB_AS_INDENT: ['a tab where YAML wants spaces', 'indent with spaces'],
  TAG_RESOLVE_FAILED: ['a tag that means nothing here', PLAIN],
  UNEXPECTED_TOKEN: ['this does not belong here', 'is a quote, a comma or a bracket missing before it?'],
};
