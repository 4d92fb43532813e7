import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { body, brief, found } from './reading.ts';

const SECRET = 'hunter2-hunter2';
const TOKEN = '123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOpp';

/** Title, body with the secret in it, code of a problem it must give. */
const CASES: readonly (readonly [title: string, body: string, code: string])[] = [
  ['a token', `notify: { channels: { p: { telegram: { chat: "1", token: ${SECRET} } } } }`, 'literal-secret'],
  [
    'a token in quotes',
    `notify: { channels: { p: { telegram: { chat: "1", token: "${SECRET}, }#" } } } }`,
    'literal-secret',
  ],
  [
    'a token over lines',
    `notify:\n  channels:\n    p:\n      telegram:\n        chat: 1\n        token: |\n          ${SECRET}\n          ${SECRET}\n`,
    'literal-secret',
  ],
  [
    'a token in a list',
    `notify: { channels: { p: { telegram: { chat: "1", token: [${SECRET}] } } } }`,
    'literal-secret',
  ],
  [
    'a key',
    `notify:\n  channels:\n    m:\n      resend: { from: a, to: [b], key: ${SECRET} }`,
    'literal-secret',
  ],
  [
    'a token under a wrong key',
    `notify: { channels: { p: { telegram: { chat: "1", tokn: ${SECRET} } } } }`,
    'unknown-key',
  ],
  [
    'a token in the wrong shape',
    `notify: { channels: { p: { telegram: { chat: "1", token: { value: ${SECRET} } } } } }`,
    'unknown-key',
  ],
  ['a token for a channel', `notify: { channels: { p: { telegram: ${SECRET} } } }`, 'bad-value'],
  [
    'a token for the name of a variable',
    `agents: { claude: { env: { GH_TOKEN: { fromEnv: "${SECRET}" } } } }`,
    'bad-value',
  ],
  ['a token in the environment', `agents: { claude: { env: { GH_TOKEN: ${SECRET} } } }`, 'literal-secret'],
  [
    'a password in the environment',
    `agents: { claude: { env: { DB_PASSWORD: '${SECRET}' } } }`,
    'literal-secret',
  ],
  [
    'a login in an address',
    `agents: { claude: { env: { HTTPS_PROXY: "http://me:${SECRET}@proxy" } } }`,
    'literal-secret',
  ],
  [
    'a header',
    `notify: { channels: { w: { webhook: { url: "http://h", headers: { Authorization: ${SECRET} } } } } }`,
    'literal-secret',
  ],
  ['a known kind of token anywhere', `agents: { claude: { args: [--token=${TOKEN}] } }`, 'literal-secret'],
  [
    'a token beside an open bracket',
    `notify:\n  channels:\n    p: { telegram: { token: "${SECRET}, }", chat: [`,
    'yaml',
  ],
  ['a token beside a bad line', `GH_TOKEN: ${SECRET}, ${SECRET}\n\tx: 1`, 'yaml'],
  ['a token in a comment', `# ${TOKEN}\npoools: {}`, 'unknown-key'],
  ['an old token in a comment', `poools: {} # token: ${SECRET}`, 'unknown-key'],
];

describe('a secret in the file', () => {
  test.each(CASES)('%s is an error that does not repeat it', (_, text, code) => {
    const reading = body(text);
    expect(found(reading).map((problem) => problem.code)).toContain(code);
    expect(JSON.stringify(reading)).not.toMatch(/hunter2|AAbbCC/);
  });

  test('a secret by reference is none', () => {
    const text =
      'agents: { claude: { env: { GH_TOKEN: { fromEnv: GH_TOKEN }, API_KEY: { fromFile: ~/.key }, MAX_OUTPUT_TOKENS: "32000" } } }';
    expect(brief(body(text))).toEqual([]);
  });

  test('a secret has exactly one source', () => {
    expect(brief(body('agents: { claude: { env: { A: {} } } }'))).toEqual([
      'secret-source 4:28 /agents/claude/env/A',
    ]);
    expect(brief(body('agents: { claude: { env: { A: { fromEnv: B, fromFile: c } } } }'))).toEqual([
      'secret-source 4:28 /agents/claude/env/A',
    ]);
  });

  test('no damage to the file makes a literal token show', () => {
    const text = `notify:\n  channels:\n    p: { telegram: { chat: "1", token: "${TOKEN}" } }\n    q: [\n`;
    const from = text.indexOf(TOKEN);
    const damaged = fc.property(
      fc.nat(text.length),
      fc.constantFrom('{', '"', ']', '\n', ':', '\t', "'"),
      (at, put) => {
        const reading = body(text.slice(0, at) + put + text.slice(at));
        return !JSON.stringify(reading).includes('ddEEffGG') || (at > from && at < from + TOKEN.length);
      },
    );
    expect(fc.check(damaged, { numRuns: 400 })).toMatchObject({ failed: false });
  });
});
