import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchesOf } from '../../src/commands/launches.ts';
import { agent, request } from '../agents/a-launch.ts';
import { desired } from '../support/fleet.ts';
import { claim, inboxSpec, record } from '../support/queue.ts';

// Found by a full disk: the loop ended with ENOSPC.
it('a runtime folder that cannot be written is a task that cannot be started yet, and no end of the loop', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-launches-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'runtime'), 'a file where the folder belongs');
  const launches = launchesOf({
    io: { env: { HOME: '/home/ada', PATH: '/usr/bin' } },
    desired: desired({ inboxes: { secumon: inboxSpec('secumon') } }),
    agentOf: () => agent('claude'),
    runtime: join(folder, 'runtime'),
  });
  const of = record(claim('secumon', 'fix-login', 'ccl-auto-11', 'k3f9a2'));
  const answer = await launches.specFor(request('claude'), of, new TextEncoder().encode('Do it.\n'));
  expect(answer).toMatchObject({ ok: false });
  expect(answer.ok ? '' : answer.text).toContain('cannot be written: ');
});
