import type { HostReader, HostWriter, TmuxGuard } from '../../src/model/host.ts';
import { claimFile, claimOf, LAUNCH_FILES, recordFile } from '../../src/model/queue.ts';
import { STAMP } from '../../src/model/stamp.ts';
import { PLACES } from './scene.ts';
import type { Reconciler } from './script.ts';

/**
 * Small protocols that are known to be right or wrong, so that the explorer itself can be tested: the product has no
 * part in them. Each looks at inbox, claims and sessions, and does one thing.
 */
export type Toy = 'fenced' | 'start-then-claim' | 'no-phase' | 'unguarded' | 'forgetful';

interface Job {
  readonly type: 'start' | 'return' | 'finish' | 'free';
  readonly id: string;
  readonly attempt: string;
  readonly session: string;
  readonly guard: TmuxGuard | null;
  readonly pane: string;
}

const { queue, runs } = PLACES;

export function toy(kind: Toy): Reconciler<Job, null> {
  return {
    memory: null,
    runsDir: PLACES.runs,
    look: async (host) => ({ jobs: await jobsOf(host, kind), memory: null }),
    act: (host, job) => act(host, job, kind),
    begins: ({ type, attempt }) => (type === 'start' ? [attempt] : []),
  };
}

async function jobsOf(host: HostReader, kind: Toy): Promise<readonly Job[]> {
  const waiting = await names(host, queue.inbox);
  const claims = (await names(host, queue.claimed)).flatMap((file) => claimOf('box', file) ?? []);
  const list = await host.tmux.list();
  if (list.type !== 'ok') return [];
  const { incarnation, sessions } = list.value;
  const ours = Object.values(sessions).filter(({ name }) => name.startsWith(PLACES.prefix));
  const stamps = await host.tmux.stamps(ours.map(({ id }) => id));
  if (stamps.type !== 'ok') return [];
  const places = ours.flatMap(({ id, name, panes }) => {
    const [pane] = Object.values(panes);
    const fence = stamps.value.sessions[id]?.[STAMP.fence] ?? '';
    if (pane === undefined) return [];
    const session = { id, name, owner: PLACES.fleet };
    const guard = { incarnation, session, pane: { id: pane.id, pid: pane.pid, dead: pane.dead } };
    return [{ name, pane, fence, guard }];
  });
  for (const { id, attempt, session } of claims) {
    const job = { id, attempt, session, guard: null, pane: '' };
    const launch = await names(host, `${runs}/${attempt}/1`);
    const place = places.find(({ fence }) => fence === attempt);
    const isDone = (await names(host, `${runs}/${attempt}`)).includes('done');
    if (isDone || launch.includes(LAUNCH_FILES.exit)) return [{ ...job, type: 'finish' }];
    const untouched = launch.includes(LAUNCH_FILES.spec);
    if (place !== undefined && !place.pane.dead && !untouched) continue;
    if (place !== undefined && untouched) return [{ ...job, type: 'return', guard: place.guard }];
    const ran = kind === 'forgetful' ? false : launch.includes(LAUNCH_FILES.taken);
    return [{ ...job, type: ran ? 'finish' : 'return' }];
  }
  for (const { name, pane, fence, guard } of places) {
    if (fence === '' && !pane.dead) continue;
    if (claims.some(({ attempt }) => attempt === fence)) continue;
    return [{ type: 'free', id: '', attempt: fence, session: name, guard, pane: pane.id }];
  }
  const free = places.find(({ pane, fence }) => fence === '' && !pane.dead);
  const [file] = waiting;
  if (free === undefined || file === undefined) return [];
  const attempt = `try${host.nonce().slice(0, 5)}`;
  const id = file.slice(0, -3);
  return [{ type: 'start', id, attempt, session: free.name, guard: free.guard, pane: free.pane.id }];
}

async function act(host: HostWriter, job: Job, kind: Toy): Promise<boolean> {
  const { id, attempt, session, guard, pane } = job;
  const claimed = `${queue.claimed}/${claimFile({ id, session, attempt })}`;
  const waiting = `${queue.inbox}/${id}.md`;
  const launch = `${runs}/${attempt}/1`;
  const { id: sessionId = '' } = guard?.session ?? {};
  const target = { type: 'id', id: sessionId } as const;
  const fence = { type: 'set-option', scope: 'session', session: target, option: STAMP.fence } as const;
  const mark = { ...fence, value: { type: 'literal', text: attempt } } as const;
  const respawn = {
    type: 'respawn-pane',
    pane,
    cwd: '/w',
    argv: ['node', 'launcher.ts', launch],
    kill: true,
  } as const;
  const claim = async (): Promise<boolean> => (await host.files.move(waiting, claimed, null)).type === 'ok';
  switch (job.type) {
    case 'finish':
      return (await host.files.move(claimed, `${queue.done}/${id}.md`, null)).type === 'ok';
    case 'return': {
      if (guard !== null) {
        const unset = { type: 'unset-option', session: target, option: STAMP.fence } as const;
        const options = { [STAMP.fence]: attempt, ...(kind === 'no-phase' ? {} : { [STAMP.phase]: '' }) };
        const freed = await host.tmux.act({ ...guard, options }, [unset]);
        if (freed.type !== 'applied') return false;
      }
      const voided = await host.files.move(
        `${launch}/${LAUNCH_FILES.spec}`,
        `${launch}/${LAUNCH_FILES.void}`,
        null,
      );
      // Without its fence, whoever has taken the spec may still run.
      if (voided.type === 'error' && kind !== 'unguarded' && kind !== 'forgetful') {
        const gone = (await names(host, launch)).includes(LAUNCH_FILES.void);
        if (!gone) return false;
      }
      return (await host.files.move(claimed, waiting, null)).type === 'ok';
    }
    case 'free': {
      if (guard === null) return false;
      const holder = { ...respawn, argv: ['sh', '-c', 'holder'] };
      const freed = await host.tmux.act({ ...guard, options: { [STAMP.fence]: attempt } }, [
        { type: 'unset-option', session: target, option: STAMP.fence },
        { type: 'unset-option', session: target, option: STAMP.phase },
        holder,
      ]);
      return freed.type === 'applied';
    }
    case 'start': {
      if (guard === null) return false;
      await host.files.makeDirectory(launch);
      const record = `${queue.attempts}/${recordFile(id, attempt)}`;
      await host.files.write(record, '', { fresh: false });
      const env = { ROLLCALL_TASK: `box/${id}` };
      await host.files.write(`${launch}/${LAUNCH_FILES.spec}`, JSON.stringify({ attempt, env }), {
        fresh: true,
      });
      if (kind === 'start-then-claim') {
        const started = await host.tmux.act(guard, [mark, respawn]);
        return started.type === 'applied' && (await claim());
      }
      const reserved = await host.tmux.act({ ...guard, options: { [STAMP.fence]: '' } }, [mark]);
      if (reserved.type !== 'applied' || !(await claim())) return false;
      const phase = { ...mark, option: STAMP.phase, value: { type: 'literal', text: 'started' } } as const;
      const started = await host.tmux.act({ ...guard, options: { [STAMP.fence]: attempt } }, [
        phase,
        respawn,
      ]);
      return started.type === 'applied';
    }
  }
}

async function names(host: HostReader, folder: string): Promise<readonly string[]> {
  const found = await host.files.names(folder);
  return found.type === 'ok' ? found.value : [];
}
