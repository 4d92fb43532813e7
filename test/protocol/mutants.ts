import type { ActResult, FileAnswer, HostWriter, TmuxCommand, TmuxGuard } from '../../src/model/host.ts';
import { LAUNCH_FILES } from '../../src/model/queue.ts';
import { STAMP } from '../../src/model/stamp.ts';
import type { LauncherTraits } from '../sim/machine/processes.ts';
import { PLACES } from './scene.ts';
import type { Trial } from './trials.ts';

/** A wrong version of the protocol: the product's own code on a host that does not do what it is told as it is told. */
export interface Mutant {
  /** On what the product acts. */
  readonly act?: (host: HostWriter) => HostWriter;
  /** On what the product looks. */
  readonly look?: (host: HostWriter) => HostWriter;
  readonly launcher?: LauncherTraits;
  /** What has to go wrong for it to show. */
  readonly trial?: Partial<Trial>;
}

/** Two reconcilers at once, and nothing else. */
const PAIR: Partial<Trial> = { reconcilers: 2, retries: 0, faults: {}, atMost: 0 };

const OK = { type: 'ok', value: null } as const;
const APPLIED = { type: 'applied' } as const;
const STALE: FileAnswer<null> = { type: 'error', code: 'ESTALE', text: 'the world moved' };

/** Steps of the dispatch and of its taking back, as the host sees them. */
const isReserve = (commands: readonly TmuxCommand[]): boolean =>
  commands.length === 1 && commands[0]?.type === 'set-option';
const isStart = (commands: readonly TmuxCommand[]): boolean =>
  commands.some(({ type, ...rest }) => type === 'respawn-pane' && JSON.stringify(rest).includes('launcher'));
const isFree = (commands: readonly TmuxCommand[]): boolean =>
  commands.some(({ type }) => type === 'respawn-pane') && !isStart(commands);
const isUnfence = (commands: readonly TmuxCommand[]): boolean =>
  commands.length > 0 && commands.every(({ type }) => type === 'unset-option');
const isClaim = (to: string): boolean => to.startsWith(`${PLACES.queue.claimed}/`);
const isBack = (from: string): boolean => from.startsWith(`${PLACES.queue.claimed}/`);
const isVoid = (to: string): boolean => to.endsWith(LAUNCH_FILES.void);
const isRecord = (path: string): boolean => path.startsWith(`${PLACES.queue.attempts}/`);

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'claims before it reserves': {
    trial: PAIR,
    act: (host) => {
      let reserve = (): Promise<ActResult> => Promise.resolve(APPLIED);
      return withAct(
        withMove(host, async (from, to, identity) => {
          const moved = await host.files.move(from, to, identity);
          if (!isClaim(to) || moved.type === 'error') return moved;
          return (await reserve()).type === 'applied' ? moved : STALE;
        }),
        (guard, commands) => {
          if (!isReserve(commands)) return host.tmux.act(guard, commands);
          reserve = () => host.tmux.act(guard, commands);
          return Promise.resolve(APPLIED);
        },
      );
    },
  },
  'starts before it claims': {
    trial: { retries: 0, faults: { crash: 1 } },
    act: (host) => {
      let claim = (): Promise<FileAnswer<null>> => Promise.resolve(OK);
      return withAct(
        withMove(host, (from, to, identity) => {
          if (!isClaim(to)) return host.files.move(from, to, identity);
          claim = () => host.files.move(from, to, identity);
          return Promise.resolve(OK);
        }),
        async (guard, commands) => {
          const acted = await host.tmux.act(guard, commands);
          if (isStart(commands) && acted.type === 'applied') await claim();
          return acted;
        },
      );
    },
  },
  'starts without a claim': {
    act: (host) =>
      withMove(host, (from, to, identity) =>
        isClaim(to) ? Promise.resolve(OK) : host.files.move(from, to, identity),
      ),
  },
  'never reserves, and starts on any session': {
    act: (host) =>
      withAct(host, (guard, commands) => {
        if (isReserve(commands)) return Promise.resolve(APPLIED);
        return host.tmux.act(isStart(commands) ? unfenced(guard) : guard, commands);
      }),
  },
  'neither reserves nor starts by what the session is reserved for': {
    trial: PAIR,
    act: (host) =>
      withAct(host, (guard, commands) =>
        host.tmux.act(isReserve(commands) || isStart(commands) ? unfenced(guard) : guard, commands),
      ),
  },
  'starts whatever the session is reserved for': {
    act: (host) =>
      withAct(host, (guard, commands) =>
        host.tmux.act(isStart(commands) ? unfenced(guard) : guard, commands),
      ),
  },
  'sets the phase after the start': {
    act: (host) =>
      withAct(host, async (guard, commands) => {
        if (!isStart(commands)) return host.tmux.act(guard, commands);
        const started = await host.tmux.act(
          guard,
          commands.filter((command) => !isPhase(command)),
        );
        if (started.type !== 'applied') return started;
        const later: TmuxGuard = { ...guard, pane: null };
        return host.tmux.act(
          later,
          commands.filter((command) => isPhase(command)),
        );
      }),
  },
  'sets no phase': {
    act: (host) =>
      withAct(host, (guard, commands) =>
        host.tmux.act(
          guard,
          commands.filter((command) => !isPhase(command)),
        ),
      ),
  },
  'claims before it writes the record': {
    act: (host) => {
      let record = (): Promise<FileAnswer<null>> => Promise.resolve(OK);
      return withMove(
        withWrite(host, (path, text, options) => {
          if (!isRecord(path) || !options.fresh) return host.files.write(path, text, options);
          record = () => host.files.write(path, text, options);
          return Promise.resolve(OK);
        }),
        async (from, to, identity) => {
          const moved = await host.files.move(from, to, identity);
          return isClaim(to) && moved.type === 'ok' ? await record() : moved;
        },
      );
    },
  },
  'writes what is to be started after the start': {
    trial: { retries: 0, faults: {} },
    act: (host) => {
      let spec = (): Promise<FileAnswer<null>> => Promise.resolve(OK);
      return withAct(
        withWrite(host, (path, text, options) => {
          if (!path.endsWith(LAUNCH_FILES.spec)) return host.files.write(path, text, options);
          spec = () => host.files.write(path, text, options);
          return Promise.resolve(OK);
        }),
        async (guard, commands) => {
          const acted = await host.tmux.act(guard, commands);
          if (isStart(commands)) await spec();
          return acted;
        },
      );
    },
  },
  'takes a claim back without voiding what is to be started': {
    trial: { faults: { 'kill-session': 1 } },
    act: (host) =>
      withMove(host, (from, to, identity) =>
        isVoid(to) ? Promise.resolve(OK) : host.files.move(from, to, identity),
      ),
  },
  'takes a claim back though its launcher was first': {
    trial: { faults: { 'kill-session': 1 } },
    act: (host) =>
      withMove(host, async (from, to, identity) => {
        const moved = await host.files.move(from, to, identity);
        return isVoid(to) ? OK : moved;
      }),
  },
  'takes a claim back before it unfences and voids': {
    act: (host) => {
      const later: (() => Promise<unknown>)[] = [];
      return withAct(
        withMove(host, async (from, to, identity) => {
          if (isVoid(to)) {
            later.push(() => host.files.move(from, to, identity));
            return OK;
          }
          const moved = await host.files.move(from, to, identity);
          if (isBack(from)) for (const step of later.splice(0)) await step();
          return moved;
        }),
        (guard, commands) => {
          if (!isUnfence(commands)) return host.tmux.act(guard, commands);
          later.push(() => host.tmux.act(guard, commands));
          return Promise.resolve(APPLIED);
        },
      );
    },
  },
  'never takes a fence off': {
    act: (host) =>
      withAct(host, (guard, commands) =>
        isUnfence(commands) ? Promise.resolve(APPLIED) : host.tmux.act(guard, commands),
      ),
  },
  'takes a fence off whatever the phase': {
    act: (host) =>
      withAct(host, (guard, commands) => {
        if (!isUnfence(commands)) return host.tmux.act(guard, commands);
        const fence = guard.options?.[STAMP.fence] ?? '';
        return host.tmux.act({ ...guard, options: { [STAMP.fence]: fence } }, commands);
      }),
  },
  'frees a session and leaves its fence': {
    act: (host) =>
      withAct(host, (guard, commands) =>
        host.tmux.act(
          guard,
          isFree(commands) ? commands.filter(({ type }) => type !== 'unset-option') : commands,
        ),
      ),
  },
  'frees a session whatever it is reserved for by now': {
    trial: { tasks: 2, retries: 0, faults: { 'tmux-late': 1 } },
    act: (host) =>
      withAct(host, (guard, commands) => {
        if (!isFree(commands)) return host.tmux.act(guard, commands);
        const kill = commands.map((each) => (each.type === 'respawn-pane' ? { ...each, kill: true } : each));
        return host.tmux.act({ ...unfenced(guard), pane: null }, kill);
      }),
  },
  'ends no agent': {
    act: (host) => ({
      ...host,
      processes: { ...host.processes, signal: () => Promise.resolve('sent' as const) },
    }),
  },
  'looks at tmux before it looks at claims': {
    trial: PAIR,
    look: (host) => {
      const { tmux } = host;
      let seen: ReturnType<typeof sawServer> | null = null;
      const first = (): ReturnType<typeof sawServer> => (seen ??= sawServer(host));
      return {
        ...host,
        files: {
          ...host.files,
          entries: async (path) => {
            await first();
            return host.files.entries(path);
          },
        },
        tmux: {
          ...tmux,
          list: async () => (await first()).list,
          stamps: async () => (await first()).stamps,
        },
      };
    },
  },
  'takes a server that is silent for none': {
    trial: { faults: { crash: 1, 'tmux-silent': 1, wait: 1 }, atMost: 2 },
    look: (host) => ({
      ...host,
      tmux: {
        ...host.tmux,
        list: async () => {
          const listed = await host.tmux.list();
          return listed.type === 'timeout' ? { type: 'no-server' } : listed;
        },
      },
    }),
  },
  'takes every agent for dead': {
    look: (host) => ({
      ...host,
      processes: { ...host.processes, startOf: () => Promise.resolve(null) },
    }),
  },
  'thinks up the same attempt again': {
    look: (host) => ({ ...host, nonce: () => 'a'.repeat(32) }),
  },
  'has a launcher that does not take what it starts': { launcher: { takesSpec: false } },
};

async function sawServer({ tmux }: HostWriter) {
  const list = await tmux.list();
  return { list, stamps: await tmux.stamps(list.type === 'ok' ? Object.keys(list.value.sessions) : []) };
}

function isPhase(command: TmuxCommand): boolean {
  return command.type === 'set-option' && command.option === STAMP.phase;
}

function unfenced({ incarnation, session, pane }: TmuxGuard): TmuxGuard {
  return { incarnation, session, pane };
}

function withAct(host: HostWriter, act: HostWriter['tmux']['act']): HostWriter {
  return { ...host, tmux: { ...host.tmux, act } };
}

function withMove(host: HostWriter, move: HostWriter['files']['move']): HostWriter {
  return { ...host, files: { ...host.files, move } };
}

function withWrite(host: HostWriter, write: HostWriter['files']['write']): HostWriter {
  return { ...host, files: { ...host.files, write } };
}
