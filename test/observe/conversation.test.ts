import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { fileReader } from '../../src/host/files.ts';
import { findConversation, type FoundConversation } from '../../src/observe/conversation.ts';
import { ID, MARKER, meta, prompt, rollout, turn } from '../agents/rollouts.ts';

const CODEX = builtinProfile('codex');
const STARTED = Date.UTC(2026, 10, 23, 6, 42);
const CWD = '/home/ada/project';
const OTHER = '01a20724-2128-7a63-b166-29854c974b74';
let home = '';

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'rollcall-conversation-')));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Writes a rollout, last changed at `at`. */
function put(id: string, rows: readonly object[], { day = '2026/11/23', at = STARTED + 1000 } = {}): string {
  const path = join(home, 'sessions', day, `rollout-2026-11-23T06-42-18-${id}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rollout(...rows));
  utimesSync(path, at / 1000, at / 1000);
  return path;
}

function find(conversation: string | null = null, file: string | null = null): Promise<FoundConversation> {
  return findConversation(
    fileReader,
    CODEX,
    home,
    { conversation, startedAt: STARTED, cwd: CWD },
    MARKER,
    file,
  );
}

const NONE = { conversation: null, file: null };
const mine = (over: object = {}) => [meta(over), prompt()];

describe('the conversation that an agent began for us', () => {
  test.each(['2026/11/22', '2026/11/23', '2026/11/24'])(
    'is found by our prompt, among others, in whichever zone it was begun: %s',
    async (day) => {
      put(OTHER, [meta({ id: OTHER, session_id: OTHER }), prompt('Something else.')]);
      const path = put(ID, [...mine(), turn('open')], { day });
      expect(await find()).toEqual({ conversation: ID, file: path });
    },
  );

  test('is found behind a link, as homes share it', async () => {
    const path = put(ID, mine());
    const other = join(home, 'other');
    mkdirSync(other);
    symlinkSync(join(home, 'sessions'), join(other, 'sessions'));
    const found = await findConversation(
      fileReader,
      CODEX,
      other,
      { conversation: null, startedAt: STARTED, cwd: CWD },
      MARKER,
      null,
    );
    expect(found).toEqual({ conversation: ID, file: path.replace(home, other) });
  });

  test('is not known where there is none, or nothing was said yet', async () => {
    expect(await find()).toEqual(NONE);
    put(ID, [meta()]);
    expect(await find()).toEqual(NONE);
  });

  test('is not known where two could be it', async () => {
    put(ID, mine());
    put(OTHER, mine({ id: OTHER }));
    expect(await find()).toEqual(NONE);
  });

  test('is not one that a person made of it', async () => {
    put(ID, mine());
    put(OTHER, mine({ id: OTHER, forked_from_id: ID }));
    expect((await find()).conversation).toBe(ID);
  });

  test('is not one that nobody has written to since', async () => {
    put(ID, mine(), { at: STARTED - 60_000 });
    expect(await find()).toEqual(NONE);
  });

  test('is no link, no folder and nothing that cannot be read', async () => {
    const path = put(OTHER, [meta()]);
    symlinkSync(put(ID, mine()), path.replace(OTHER, ID.replace('73', '75')));
    mkdirSync(path.replace(OTHER, ID.replace('73', '76')));
    expect((await find()).conversation).toBe(ID);
  });

  test('is found behind much that its agent says to itself, and in a long conversation', async () => {
    const chatter = Array.from({ length: 100 }, () => prompt('x'.repeat(4000), 'developer'));
    const work = Array.from({ length: 4000 }, () => prompt('y'.repeat(1000), 'assistant'));
    put(ID, [meta(), ...chatter, prompt(), ...work]);
    expect((await find()).conversation).toBe(ID);
  });

  test('once known stays what it is, and only its place is looked for', async () => {
    const path = put(ID, [meta(), prompt('Something else.')]);
    expect(await find(ID)).toEqual({ conversation: ID, file: path });
    expect(await find(OTHER)).toEqual({ conversation: OTHER, file: null });
    expect(await find(null, path)).toEqual({ conversation: ID, file: path });
    // What was seen for another one does not count.
    expect(await find(OTHER, path)).toEqual({ conversation: OTHER, file: null });
  });
});
