import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';

type Hear = (type: string, properties: object) => Promise<void>;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const moduleSchema = z.object({ Rollcall: z.custom<() => Promise<unknown>>(isFunction) });
const pluginSchema = z.object({ event: z.custom<(heard: object) => Promise<void>>(isFunction) });

let run = '';

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'rollcall-test-'));
  mkdirSync(join(run, 'hooks'));
  process.env['ROLLCALL_RUN'] = run;
});
afterEach(() => {
  delete process.env['ROLLCALL_RUN'];
  rmSync(run, { recursive: true, force: true });
});

/** The plugin as the profile has it, loaded as its agent loads it. */
async function plugin(): Promise<Hear> {
  const file = join(run, 'report.mjs');
  writeFileSync(file, builtinProfile('opencode').launch?.files['report.js'] ?? '');
  const { Rollcall } = moduleSchema.parse(await import(pathToFileURL(file).href));
  const { event } = pluginSchema.parse(await Rollcall());
  return async (type, properties) => {
    await event({ event: { type, properties } });
  };
}

/** What it wrote down so far, oldest first. */
function told(): readonly unknown[] {
  const names = readdirSync(join(run, 'hooks')).toSorted();
  return names.map((name) => {
    const { type, status }: { type: string; status?: { type: string } } = JSON.parse(
      readFileSync(join(run, 'hooks', name), 'utf8'),
    );
    return status === undefined ? type : `${type} ${status.type}`;
  });
}

const OURS = { sessionID: 'ses_1' };
const BUSY = { ...OURS, status: { type: 'busy' } };
const retry = (attempt: number) => ({
  ...OURS,
  status: { type: 'retry', attempt, message: 'Overloaded', next: attempt },
});

describe('the plugin that reports from within OpenCode', () => {
  it('tells a turn that began and one that has ended, each once, and whole', async () => {
    const hear = await plugin();
    await hear('session.status', BUSY);
    await hear('session.status', BUSY);
    await hear('message.updated', OURS);
    await hear('session.idle', OURS);
    await sleep(1300);
    expect(told()).toEqual(['session.status busy', 'session.idle']);
  });

  it('takes no end of a turn for one where it failed, is tried again, or is ended itself', async () => {
    const hear = await plugin();
    await hear('session.status', BUSY);
    await hear('session.error', {
      ...OURS,
      error: { name: 'APIError', data: { message: 'no', statusCode: 401 } },
    });
    await hear('session.idle', OURS);
    await hear('session.status', BUSY);
    await hear('session.status', retry(1));
    await hear('session.status', retry(2));
    await hear('session.idle', OURS);
    await sleep(1300);
    const all = ['session.status busy', 'session.error', 'session.status busy', 'session.status retry'];
    expect(told()).toEqual(all);
    await hear('session.status', BUSY);
    await hear('session.idle', OURS);
    // It ends within a fraction of a second.
    expect(told()).toEqual([...all, 'session.status busy']);
  });

  it('says nothing of what is done in a conversation below ours', async () => {
    const hear = await plugin();
    await hear('session.created', { info: { id: 'ses_2', parentID: 'ses_1' } });
    await hear('session.status', { sessionID: 'ses_2', status: { type: 'busy' } });
    await hear('session.idle', { sessionID: 'ses_2' });
    await sleep(1300);
    expect(told()).toEqual([]);
  });

  it('never disturbs the agent, wherever it cannot write', async () => {
    rmSync(join(run, 'hooks'), { recursive: true });
    const hear = await plugin();
    await expect(hear('session.status', BUSY)).resolves.toBeUndefined();
  });
});
