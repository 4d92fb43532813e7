import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Notifier, openNotifier } from '../../src/host/notify.ts';

let folder: string;
let problems: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-notify-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A `systemd-notify` that writes down how it was called. */
function opened(script: string, env: Readonly<Record<string, string>> = {}): Notifier {
  const text = `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>'${folder}/calls'\n${script}\n`;
  writeFileSync(join(folder, 'systemd-notify'), text, { mode: 0o755 });
  const all = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/n', SECRET: 'x', ...env };
  const notifier = openNotifier(all, (why) => problems.push(why));
  if (notifier === null) throw new Error('no notifier');
  return notifier;
}

function calls(): readonly string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
}

test('nothing is told where nobody asked', () => {
  expect(openNotifier({ PATH: folder }, () => undefined)).toBeNull();
  expect(openNotifier({ PATH: folder, NOTIFY_SOCKET: '' }, () => undefined)).toBeNull();
});

test('a message in the making is joined with what comes meanwhile', async () => {
  const notifier = opened('sleep 0.2');
  notifier.tell({ READY: '1' });
  notifier.tell({ WATCHDOG: '1', STATUS: 'one' });
  notifier.tell({ WATCHDOG: '1', STATUS: 'two\nlines' });
  await notifier.sent(5000);
  expect(calls()).toEqual(['/n READY=1', '/n WATCHDOG=1 STATUS=two lines']);
  expect(problems).toEqual([]);
});

test('of ready and reloading in one message the later one counts', async () => {
  const notifier = opened('sleep 0.2');
  notifier.tell({ STATUS: 'first' });
  notifier.tell({ RELOADING: '1' });
  notifier.tell({ READY: '1' });
  await notifier.sent(5000);
  notifier.tell({ STATUS: 'next' });
  notifier.tell({ READY: '1' });
  notifier.tell({ RELOADING: '1' });
  await notifier.sent(5000);
  expect(calls()).toEqual(['/n STATUS=first', '/n READY=1', '/n STATUS=next', '/n RELOADING=1']);
});

test('telling takes no time, however long the other side does', async () => {
  const notifier = opened('exec sleep 30');
  const begun = performance.now();
  for (let i = 0; i < 100; i += 1) notifier.tell({ WATCHDOG: '1' });
  expect(performance.now() - begun).toBeLessThan(100);
  await notifier.sent(50);
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('what does not get through is reported once', async () => {
  const notifier = opened('exit 3');
  for (const status of ['one', 'two', 'three']) {
    notifier.tell({ STATUS: status });
    await notifier.sent(5000);
  }
  expect(calls()).toHaveLength(3);
  expect(problems).toEqual(['systemd-notify ended with 3']);
});

test('a missing systemd-notify is reported, and no more', async () => {
  const notifier = openNotifier({ PATH: '/nowhere', NOTIFY_SOCKET: '/n' }, (why) => problems.push(why));
  notifier?.tell({ READY: '1' });
  await notifier?.sent(5000);
  expect(problems).toEqual([expect.stringContaining('could not be started')]);
});

test.each([
  ['90000000', 45_000],
  ['1', 1],
  ['0', null],
  ['soon', null],
])('a watchdog of %s microseconds is fed at least each %s milliseconds', (text, ms) => {
  expect(opened('', { WATCHDOG_USEC: text, WATCHDOG_PID: '1' }).watchdogMs).toBe(ms);
});
