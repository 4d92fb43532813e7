import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { ActResult, FileAnswer, HostWriter, TmuxCommand, TmuxGuard } from '../../src/model/host.ts';
import type { Action } from '../../src/model/plan.ts';
import { read } from '../../src/model/reading.ts';
import { plan } from '../../src/plan/plan.ts';
import { NO_LAUNCHES } from '../support/launches.ts';
import {
  desired,
  INCARNATION,
  input,
  observed,
  pool,
  server,
  session,
  twoAccounts,
} from '../support/fleet.ts';

interface Sent {
  readonly guard: TmuxGuard | null;
  readonly commands: readonly TmuxCommand[];
}

/** A host that answers as told and keeps what it was asked to do. */
function host(act: ActResult, file: FileAnswer<null> = { type: 'ok', value: null }) {
  const sent: Sent[] = [];
  const touched: string[] = [];
  const touch = (...words: readonly string[]): Promise<FileAnswer<null>> => {
    touched.push(words.join(' '));
    return Promise.resolve(file);
  };
  const writer = {
    now: () => 0,
    tmux: {
      act: (guard: TmuxGuard, commands: readonly TmuxCommand[]) => {
        sent.push({ guard, commands });
        return Promise.resolve(act);
      },
      actOnNewServer: (commands: readonly TmuxCommand[]) => {
        sent.push({ guard: null, commands });
        return Promise.resolve(act);
      },
    },
    files: {
      makeDirectory: (path: string) => touch('mkdir', path),
      makeLink: (path: string, to: string) => touch('link', path, to),
      replaceLink: (path: string, from: string, to: string) => touch('replace', path, from, to),
    },
  } as unknown as HostWriter;
  return { writer, sent, touched };
}

const APPLIED: ActResult = { type: 'applied' };
const FLEET = desired({ ...twoAccounts(), pools: { auto: pool({ min: 1, max: 1 }) } });

function actionsFor(sessions: Parameters<typeof server>[0] | null): readonly Action[] {
  const tmux = sessions === null ? read({ type: 'none' as const }) : read(server(sessions));
  return plan(input(FLEET, observed(FLEET, { tmux }))).actions;
}

describe('apply', () => {
  it('guards every change to a session by everything that was seen of it', async () => {
    const { writer, sent } = host(APPLIED);
    const sessions = [session(1, 'auto-0', 'ended'), session(2, 'old-1', 'free')];
    await apply(
      writer,
      NO_LAUNCHES,
      actionsFor(sessions).filter(({ target }) => target.startsWith('session/')),
    );
    expect(sent.map(({ guard }) => guard)).toEqual([
      {
        incarnation: INCARNATION,
        session: { id: '$1', name: 'auto-0', owner: 'home' },
        pane: { id: '%1', pid: 5001, dead: true },
        options: { '@rollcall_fence': '' },
      },
      {
        incarnation: INCARNATION,
        session: { id: '$2', name: 'old-1', owner: 'home' },
        pane: { id: '%2', pid: 5002, dead: false },
        options: { '@rollcall_fence': '' },
      },
    ]);
  });

  it('creates and stamps in one step, on the server that was seen or on a new one', async () => {
    for (const [sessions, guard] of [
      [null, null],
      [[], { incarnation: INCARNATION, session: null, pane: null }],
    ] as const) {
      const { writer, sent } = host(APPLIED);
      await apply(
        writer,
        NO_LAUNCHES,
        actionsFor(sessions).filter(({ target }) => target.startsWith('session/')),
      );
      expect(sent).toHaveLength(1);
      expect(sent[0]?.guard).toEqual(guard);
      const options = sent[0]?.commands.flatMap((each) => (each.type === 'set-option' ? [each.option] : []));
      expect(sent[0]?.commands[0]).toMatchObject({ type: 'new-session', name: 'auto-0' });
      expect(options).toContain('@rollcall_owner');
      expect(options).toContain('@rollcall_pid');
    }
  });

  it('ends at the first action that is not applied, and says what became of it', async () => {
    const all = actionsFor(null);
    const cases = [
      [{ type: 'refused', text: 'moved' }, 'stale'],
      [{ type: 'failed', text: 'no' }, 'failed'],
      [{ type: 'unknown', text: 'late' }, 'unknown'],
    ] as const;
    const creates = [...all, ...all].filter(({ type }) => type === 'session.create');
    for (const [act, outcome] of cases) {
      const results = await apply(host(act).writer, NO_LAUNCHES, creates);
      expect(results.map((result) => result.outcome)).toEqual([outcome]);
      expect(results[0]?.text).toBe(act.text);
    }
    expect(await apply(host(APPLIED).writer, NO_LAUNCHES, creates)).toHaveLength(2);
  });

  it('takes a link that stands there by now for a moved world, and no space for a failure', async () => {
    const links = actionsFor(null).filter(
      ({ type }) => type === 'link.create' || type === 'account.activate',
    );
    for (const [code, outcome] of [
      ['EEXIST', 'stale'],
      ['ESTALE', 'stale'],
      ['ENOSPC', 'failed'],
      ['EACCES', 'failed'],
    ] as const) {
      const { writer, touched } = host(APPLIED, { type: 'error', code, text: code });
      const [result] = await apply(writer, NO_LAUNCHES, links);
      expect(result?.outcome).toBe(outcome);
      expect(touched).toHaveLength(1);
    }
  });

  it('finishes the action at hand and begins no other once told to stop', async () => {
    let asked = 0;
    const results = await apply(host(APPLIED).writer, NO_LAUNCHES, actionsFor(null), {
      stop: () => (asked += 1) > 2,
    });
    expect(results).toHaveLength(2);
  });
});
