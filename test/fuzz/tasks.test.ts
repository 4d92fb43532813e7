import { expect, it } from 'vitest';
import { claimFile, claimOf, recordFile, recordOf, rejectedFile } from '../../src/model/queue.ts';
import { PRIORITIES, REJECT_REASONS } from '../../src/model/task.ts';
import { badName, taskId } from '../../src/queue/file-name.ts';
import { momentMs } from '../../src/queue/moment.ts';
import { promptOf } from '../../src/queue/prompt.ts';
import { type ReadTask, readTask } from '../../src/queue/read-task.ts';
import { parseRecord, recordText } from '../../src/queue/record.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { claim, record } from '../support/queue.ts';
import { fuzz, PATIENCE_MS } from './fuzz.ts';
import { mutated, mutatedBytes } from './mutate.ts';

const CONTEXT = { home: '/home/op', cwd: '/home/op/work', maxBytes: 64 * 1024 };

const TASKS = [
  'Just do it.\n',
  '---\nid: fix-login\ntitle: Fix the login\npriority: high\nmodel: opus\ncwd: ~/work/app\nagent: claude\n---\nFix it.\n',
  '---\ntimeout: 1h30m\nretries: 2\nnotBefore: 2026-11-23T08:00:30+01:00\ndeliver: file\n---\n\n# Heading\n\nText\twith tabs.\n',
  '\ufeff---\r\nid: "0042"\r\n# a comment\r\n---\r\nWindows.\r\n',
  '---\n---\nNothing said.\n',
  'No frontmatter\n---\nid: not-one\n---\n',
];
const KEYS = [
  'id: ',
  'title: ',
  'priority: ',
  'model: ',
  'cwd: ',
  'agent: ',
  'timeout: ',
  'retries: ',
  'notBefore: ',
];
const VALUES = [
  'critical',
  '../..',
  '~/',
  '/etc',
  '9999-12-31',
  '1h',
  '"\\e[201~"',
  '|',
  '>-',
  '*a',
  '&a ',
  '!!binary ',
  '{a: b}',
  '- ',
];
const WORDS = ['---\n', '---', '...\n', ...KEYS, ...KEYS.map((key) => `\n${key}`), ...VALUES];

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const ROWS = /^(?:[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,400}(?:\n|$)){1,20}$/u;

/** Whatever was read, it is one of the two things its type says, and nothing in it does harm where it goes. */
function wrongTask(found: ReadTask, text: string): string | null {
  if (!found.ok) {
    if (!REJECT_REASONS.includes(found.reason)) return `reason ${found.reason}`;
    return ROWS.test(found.detail) ? null : `detail ${found.detail}`;
  }
  const { id, title, model, cwd, agent, priority, timeoutMs, retries, notBefore } = found.task;
  if (!ID.test(id)) return `id ${id}`;
  if (title !== null && !/^[^\p{Cc}\p{Cs}\u2028\u2029]{1,200}$/u.test(title)) return `title ${title}`;
  if (model !== null && !/^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,63}$/.test(model)) return `model ${model}`;
  if (cwd !== null && (!/^\/[^#\p{Cc}\p{Cs}]*$/u.test(cwd) || cwd.split('/').includes('..')))
    return `cwd ${cwd}`;
  if (agent !== null && !/^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/.test(agent)) return `agent ${agent}`;
  if (!PRIORITIES.includes(priority)) return `priority ${priority}`;
  const numbers = [timeoutMs, retries, notBefore].filter((each) => each !== null);
  if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 0)) return `numbers ${String(numbers)}`;
  if (!/\S/.test(found.body) || !text.endsWith(found.body)) return 'the body is not the end of the file';
  return /(?!\r\n)[^\P{Cc}\n\t]/u.test(found.body) ? 'a control character in the body' : null;
}

it(
  'a task file is taken with its bytes or refused in words, whatever it is',
  () => {
    expect(
      fuzz('task file', mutatedBytes(TASKS, WORDS), (bytes) => {
        const text = new TextDecoder().decode(bytes);
        const found = readTask(bytes, 'fix login.md', CONTEXT);
        const wrong = wrongTask(found, text);
        if (wrong !== null || !found.ok) return wrong;
        // What is started with it holds the body byte for byte.
        const prompt = promptOf(LAUNCH, { title: found.task.title, body: found.body });
        return prompt.argv.includes(found.body) && prompt.argv.startsWith('Rollcall task ')
          ? null
          : 'not in the prompt';
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const LAUNCH = {
  agent: 'claude',
  mode: 'start',
  conversation: '00000000-0000-4000-8000-000000000000',
  model: null,
  cwd: '/w',
  home: null,
  trusted: false,
  delivery: 'argv',
  inbox: 'work',
  id: 'fix-login',
  attempt: 'abcd1234',
  launch: 1,
  runDir: '/run/r/abcd1234',
} as const;

const NAMES = [
  'fix login.md',
  'fix@ccl-auto-11@abcd1234.md',
  'fix@abcd1234.json',
  'a.b-c_d.md.md',
  'Übung №5.md',
  '.hidden.md',
  `${'long'.repeat(60)}.md`,
];
const NAME_WORDS = ['@', '.md', '.json', '-', '.', '/', 'ccl-auto-11', 'abcd', '\n', '\u202e'];

it(
  'a file name gives an id and a claim that give the name again, or none',
  () => {
    expect(
      fuzz('file names', mutated(NAMES, NAME_WORDS), (text) => {
        // A file system has no longer ones.
        const name = text.slice(0, 255);
        const [id, bad, claimed, kept] = [taskId(name), badName(name), claimOf('work', name), recordOf(name)];
        if (id !== null && !ID.test(id)) return `id ${id}`;
        if (bad !== null && !ROWS.test(bad)) return `why: ${bad}`;
        if (claimed !== null && claimFile(claimed) !== name) return 'its claim has another name';
        if (kept !== null && recordFile(kept.id, kept.attempt) !== name) return 'its record has another name';
        if (
          id !== null &&
          claimOf('work', claimFile({ id, session: 'ccl-auto-11', attempt: 'abcd1234' }))?.id !== id
        )
          return 'its id makes no claim';
        const put = rejectedFile(name);
        if (put.isWellFormed() && Buffer.byteLength(put) > 200)
          return 'too long a name to be put aside under';
        return null;
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

const RECORD = record(claim('work', 'fix', 'ccl-auto-11', 'abcd1234'), { sha256: 'a'.repeat(64) });
const RECORDS = [
  recordText(RECORD),
  recordText({
    ...RECORD,
    end: { result: 'failed', reason: 'stalled', detail: 'x', at: 5, lastLines: ['a', 'b'] },
    parkedUntil: 7,
  }),
];

it(
  'the record of an attempt is believed whole or not at all, and written again as it was read',
  () => {
    expect(RECORDS.map((text) => parseRecord(text) !== null)).toEqual([true, true]);
    expect(
      fuzz(
        'attempt record',
        mutated(RECORDS, ['"end": ', 'null', '"at": 1', '{"', '"}', ',', ': ']),
        (text) => {
          const found = parseRecord(text);
          if (found === null) return null;
          if (found.file.includes('/') || found.file.startsWith('.') || !found.cwd.startsWith('/'))
            return `leads elsewhere: ${found.file} ${found.cwd}`;
          return JSON.stringify(parseRecord(recordText(found))) === JSON.stringify(found)
            ? null
            : 'reads otherwise';
        },
      ),
    ).toBeNull();
  },
  PATIENCE_MS,
);

it(
  'a moment is a time of this era or none',
  () => {
    const written = [
      '2026-11-23T08:00Z',
      '2026-11-23 08:00:30.5+01:00',
      '2026-02-29',
      '1795392000',
      '0000-01-01T00:00-23:59',
    ];
    expect(
      fuzz('moments', mutated(written, ['T', 'Z', '+', '-', ':', '24:00', '60', '99']), (text) => {
        const at = momentMs(text);
        return at === null || (Number.isSafeInteger(at) && at >= 0 && at < 253_402_300_800_000)
          ? null
          : String(at);
      }),
    ).toBeNull();
  },
  PATIENCE_MS,
);

it('256 KiB of any kind take at most 50 ms', () => {
  const filled = (unit: string): string => unit.repeat(Math.ceil(262_144 / unit.length)).slice(0, 262_144);
  const context = { ...CONTEXT, maxBytes: 262_144 };
  for (const unit of [...TASKS, ...WORDS, 'x', '\u00e9', '\u{1f4a9}', '\n', '---\n']) {
    for (const text of [
      filled(unit),
      `---\n${filled(unit)}`,
      `---\n${filled(unit).slice(0, 16_000)}\n---\nx`,
    ]) {
      const bytes = new TextEncoder().encode(text).subarray(0, 262_144);
      const took = cpuMs(() => readTask(bytes, 'a.md', context));
      expect({ unit, quick: took < 50, took }).toMatchObject({ quick: true });
    }
    const took = cpuMs(() => parseRecord(filled(unit)));
    expect({ unit, quick: took < 50, took }).toMatchObject({ quick: true });
  }
});
