import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileWriter } from '../../src/host/files.ts';
import { withValue } from '../../src/host/files/json-edit.ts';
import type { FileAnswer } from '../../src/model/host.ts';

let folder: string;
let file: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-json-'));
  file = join(folder, '.claude.json');
  lock = `${file}.lock`;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const OK = { type: 'ok', value: null };
const TRUST = ['projects', '/srv/a "b"', 'hasTrustDialogAccepted'];

function set(
  at: readonly string[] = TRUST,
  value: string | number | boolean = true,
): Promise<FileAnswer<null>> {
  return fileWriter.setInJson({ file, lock, at, value });
}

function read(): string {
  return readFileSync(file, 'utf8');
}

test('a missing file is made, for its owner only', async () => {
  expect(await set()).toEqual(OK);
  expect(JSON.parse(read())).toEqual({ projects: { '/srv/a "b"': { hasTrustDialogAccepted: true } } });
  expect(read()).toContain('\n  "projects": {\n    ');
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['.claude.json']);
});

test('every other byte stays: keys, their order, big numbers, white space', async () => {
  const text = `{
  "numStartups": 12345678901234567890,
  "1": 1.0,  "tips" : [ 1, {"}":"]\\"{"} ],
  "projects": {
    "/x": { "a": 1 },
    "/srv/a \\"b\\"": {
      "allowedTools": [],
      "hasTrustDialogAccepted": false
    }
  },
  "last": null
}
`;
  writeFileSync(file, text);
  expect(await set()).toEqual(OK);
  expect(read()).toBe(text.replace('"hasTrustDialogAccepted": false', '"hasTrustDialogAccepted": true'));
  expect(await set(['projects', '/y', 'hasTrustDialogAccepted'])).toEqual(OK);
  const first = '\n  "last": null';
  const added = `,\n    "/y": {\n      "hasTrustDialogAccepted": true\n    }\n  },${first}`;
  expect(read()).toBe(
    text
      .replace('"hasTrustDialogAccepted": false', '"hasTrustDialogAccepted": true')
      .replace(`\n  },${first}`, added),
  );
  expect(await set(['new'], 'a\n"b"')).toEqual(OK);
  expect(read().endsWith('"last": null,\n  "new": "a\\n\\"b\\""\n}\n')).toBe(true);
});

test.each<[string, string, string]>([
  ['one line', '{"a":1}', '{"a":1,"projects":{"p":true}}'],
  ['an empty object', '{}', '{\n  "projects": {\n    "p": true\n  }\n}'],
  ['tabs', '{\n\t"a": 1\n}', '{\n\t"a": 1,\n\t"projects": {\n\t\t"p": true\n\t}\n}'],
  ['four spaces', '{\n    "projects": {}\n}\n', '{\n    "projects": {\n        "p": true\n    }\n}\n'],
  [
    'one key twice',
    '{"projects":{"p":1},"projects":{"p":false}}',
    '{"projects":{"p":1},"projects":{"p":true}}',
  ],
  ['an escaped key', '{"pro\\u006aects":{"p":false}}', '{"pro\\u006aects":{"p":true}}'],
  ['carriage returns', '{\r\n  "a": 1\r\n}', '{\r\n  "a": 1,\r\n  "projects": {\n    "p": true\n  }\r\n}'],
])('the indentation is the file’s own: %s', (_, text, expected) => {
  expect(withValue(text, { at: ['projects', 'p'], value: true })).toBe(expected);
});

test('whatever the object, the value is set and nothing else differs', () => {
  const indent = fc.constantFrom<string | number | undefined>(undefined, 1, 2, 4, '\t');
  const path = fc.array(fc.oneof(fc.constantFrom('a', '__proto__', '1', ''), fc.string()), {
    minLength: 1,
    maxLength: 3,
  });
  const value = fc.oneof(fc.boolean(), fc.string(), fc.integer());
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      path,
      value,
      indent,
      (object, at, wanted, space) => {
        const text = JSON.stringify(object, null, space);
        const edited = withValue(text, { at, value: wanted });
        const expected = setByHand(JSON.parse(text), at, wanted);
        if (expected === null) expect(edited).toBeNull();
        else expect(JSON.parse(edited ?? 'null')).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
});

/** Null: something else than an object is on the way. */
function setByHand(here: unknown, [key = '', ...below]: readonly string[], value: unknown): unknown {
  if (typeof here !== 'object' || here === null || Array.isArray(here)) return null;
  const inner: unknown = Object.getOwnPropertyDescriptor(here, key)?.value;
  const next = below.length === 0 ? value : setByHand(inner === undefined ? {} : inner, below, value);
  if (next === null) return null;
  return Object.fromEntries([...Object.entries(here).filter(([name]) => name !== key), [key, next]]);
}

test('nothing is locked or written where it is so already', async () => {
  writeFileSync(file, '{"a":{"b":true}}');
  utimesSync(file, 5, 5);
  const before = lstatSync(file);
  mkdirSync(lock);
  expect(await set(['a', 'b'])).toEqual(OK);
  expect(lstatSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
});

test.each([
  ['no JSON', '{"a":1,}'],
  ['nothing', ''],
  ['a list', '[1]'],
  ['a text', '"x"'],
  ['null', 'null'],
  ['another thing on the way', '{"projects":[]}'],
  ['null on the way', '{"projects":{"/srv/a \\"b\\"":null}}'],
  ['a byte order mark', '\uFEFF{}'],
])('a file that holds %s is left as it is', async (_, text) => {
  writeFileSync(file, text);
  expect(await set()).toMatchObject({ type: 'error', code: 'EINVAL' });
  expect(read()).toBe(text);
  expect(readdirSync(folder)).toEqual(['.claude.json']);
});

test('bytes that are not UTF-8, a folder and a path without keys are left as they are', async () => {
  writeFileSync(file, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
  expect(await set()).toMatchObject({ code: 'EINVAL' });
  expect(readFileSync(file)).toHaveLength(7);
  writeFileSync(file, '{}');
  expect(await set([])).toMatchObject({ code: 'EINVAL' });
  rmSync(file);
  mkdirSync(file);
  expect(await set()).toMatchObject({ type: 'error' });
  expect(lstatSync(file).isDirectory()).toBe(true);
});

test('the file keeps its mode, and a link leads where it led', async () => {
  const real = join(folder, 'real.json');
  writeFileSync(real, '{}');
  chmodSync(real, 0o664);
  symlinkSync('real.json', file);
  expect(await set()).toEqual(OK);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, 'utf8')).toContain('hasTrustDialogAccepted');
  expect(lstatSync(real).mode & 0o777).toBe(0o664);
  rmSync(real);
  expect(await set()).toMatchObject({ code: 'ENOENT' });
  expect(existsSync(real)).toBe(false);
});

test('a lock of somebody who lives is waited for, and not broken', async () => {
  writeFileSync(file, '{}');
  mkdirSync(lock);
  const pending = set();
  setTimeout(() => {
    writeFileSync(file, '{"theirs":1}');
    rmSync(lock, { recursive: true });
  }, 300);
  expect(await pending).toEqual(OK);
  expect(JSON.parse(read())).toMatchObject({ theirs: 1, projects: {} });
  mkdirSync(lock);
  const before = read();
  expect(await set(['x'])).toMatchObject({ code: 'EAGAIN' });
  expect(read()).toBe(before);
  expect(existsSync(lock)).toBe(true);
}, 10_000);

test('a lock of somebody who died is taken over, and gone afterwards', async () => {
  for (const seconds of [-11, 3600]) {
    writeFileSync(file, '{}');
    mkdirSync(lock);
    const time = Date.now() / 1000 + seconds;
    utimesSync(lock, time, time);
    expect(await set()).toEqual(OK);
    expect(existsSync(lock)).toBe(false);
  }
});

test('what stands at the lock and is no empty folder is nobody’s to remove', async () => {
  writeFileSync(file, '{}');
  writeFileSync(lock, 'x');
  expect(await set()).toMatchObject({ code: 'EINVAL' });
  rmSync(lock);
  mkdirSync(lock);
  writeFileSync(join(lock, 'x'), '');
  utimesSync(lock, 5, 5);
  expect(await set()).toMatchObject({ code: 'ENOTEMPTY' });
  expect(read()).toBe('{}');
});

test('of many changes at once none is lost', async () => {
  writeFileSync(file, '{}');
  const keys = Array.from({ length: 20 }, (_, index) => `k${String(index)}`);
  const answers = await Promise.all(keys.map((key) => set(['all', key])));
  expect(answers).toEqual(keys.map(() => OK));
  expect(JSON.parse(read())).toEqual({ all: Object.fromEntries(keys.map((key) => [key, true])) });
  expect(readdirSync(folder)).toEqual(['.claude.json']);
});
