import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { launchSettings, statusCommand } from '../../src/agents/launch-settings.ts';
import { readUsage } from '../../src/agents/usage.ts';
import type { Usage } from '../../src/model/quota.ts';
import { request } from './a-launch.ts';
import { lines } from './records.ts';

const CLAUDE = builtinProfile('claude');
const AT = Date.parse('2026-11-22T12:10:00Z');
const SECONDS = AT / 1000;

const read = (document: unknown): Readonly<Record<string, Usage>> =>
  readUsage(CLAUDE, JSON.stringify(document), AT);

/** As it was captured: each line has when it was told, and what. */
const CAPTURED = lines('claude/statusline.jsonl').map(
  (line) => JSON.parse(line) as { readonly t: number; readonly in: object },
);

describe('how much is used', () => {
  test('is read as it was captured, from the first answer on', () => {
    const told = CAPTURED.map(({ t, in: document }) =>
      readUsage(CLAUDE, JSON.stringify(document), Math.floor(t * 1000)),
    );
    expect(told).toEqual([
      {},
      {
        five_hour: { percent: 42, resetsAt: 1_795_358_841_000, at: 1_795_349_842_916 },
        seven_day: { percent: 17, resetsAt: 1_795_749_841_000, at: 1_795_349_842_916 },
      },
      {
        five_hour: { percent: 42, resetsAt: 1_795_358_842_000, at: 1_795_349_851_480 },
        seven_day: { percent: 17, resetsAt: 1_795_749_842_000, at: 1_795_349_851_480 },
      },
    ]);
  });

  test('is a percentage as it is told: 1 is one percent, and no more than 100 is used', () => {
    const percent = (used_percentage: unknown): unknown =>
      read({ rate_limits: { five_hour: { used_percentage } } })['five_hour']?.percent;
    expect([0, 1, 0.5, 99.9, 100, 107].map(percent)).toEqual([0, 1, 0.5, 99.9, 100, 100]);
    expect([-1, '42', null, {}, undefined].map(percent)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('has an end only where a window can have it', () => {
    const resets = (resets_at: unknown): unknown =>
      read({ rate_limits: { seven_day: { used_percentage: 7, resets_at } } })['seven_day']?.resetsAt;
    expect(resets(SECONDS + 3600)).toBe(AT + 3_600_000);
    expect(resets(AT + 3_600_000)).toBe(AT + 3_600_000);
    expect([null, 'soon', 7, SECONDS + 40 * 86_400, SECONDS - 40 * 86_400].map(resets)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('is not known of an agent that does not tell it', () => {
    const document = JSON.stringify(CAPTURED[1]?.in);
    for (const name of ['codex', 'gemini', 'opencode', 'generic'] as const) {
      expect(readUsage(builtinProfile(name), document, AT)).toEqual({});
    }
  });

  test('of any text never throws, and is never more than 100', () => {
    const law = fc.property(fc.json({ maxDepth: 4 }), fc.string(), (json, text) => {
      const all = [json, text, `{"rate_limits":${json}}`, `{"rate_limits":{"five_hour":${json}}}`];
      return all.every((each) =>
        Object.values(readUsage(CLAUDE, each, AT)).every(({ percent }) => percent >= 0 && percent <= 100),
      );
    });
    expect(() => fc.assert(law, { numRuns: 500 })).not.toThrow();
  });
});

describe('the command of the status line', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-status-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const tell = (at: string, document: string): Promise<{ readonly code: number; readonly said: string }> =>
    new Promise((resolve) => {
      const child = execFile('/bin/sh', ['-c', statusCommand(at)], (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), said: out + err }),
      );
      child.stdin?.end(document);
    });

  test('keeps what was told last, whole, and shows nothing', async () => {
    const at = join(folder, 'o\'clock and "more" $(id)');
    mkdirSync(at);
    for (const document of [`{"n":1,"x":"${'y'.repeat(100_000)}"}`, '{"n":"a\\\\n%s"}\n']) {
      expect(await tell(at, document)).toEqual({ code: 0, said: '' });
      expect(JSON.parse(readFileSync(join(at, 'status.json'), 'utf8'))).toEqual(JSON.parse(document));
      expect(readdirSync(at)).toEqual(['status.json']);
    }
  });

  test('keeps a whole one of many at once, and what was there where nothing is told', async () => {
    const told = Array.from({ length: 20 }, (_, n) => `{"n":${String(n)},"x":"${'y'.repeat(70_000)}"}`);
    await Promise.all(told.map((document) => tell(folder, document)));
    expect(told).toContain(readFileSync(join(folder, 'status.json'), 'utf8').trim());
    const before = readFileSync(join(folder, 'status.json'), 'utf8');
    await tell(folder, '');
    expect(readFileSync(join(folder, 'status.json'), 'utf8')).toBe(before);
    expect(readdirSync(folder)).toEqual(['status.json']);
    expect(await tell(join(folder, 'gone'), '{}')).toEqual({ code: 0, said: '' });
  });

  test('is another for each start, and gives way to one that the file itself names', () => {
    const of = (launch: number): string => launchSettings(CLAUDE, request('claude', { launch })) ?? '';
    expect(of(1)).toContain("/k3f9a2/1'/status.json");
    expect(of(2)).toContain("/k3f9a2/2'/status.json");
    const own = { type: 'command', command: 'mine' };
    const profile = { ...CLAUDE, settings: { always: { statusLine: own }, trusted: {} } };
    expect(JSON.parse(launchSettings(profile, request('claude')) ?? '')).toMatchObject({ statusLine: own });
  });
});
