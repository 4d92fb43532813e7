import { againArgv } from '../../src/agents/own-flags.ts';
import { launchOf, type NamedAgent } from '../../src/agents/launch.ts';
import type { Launches, SpecAnswer } from '../../src/apply/launches.ts';
import type { Io } from '../../src/commands/io.ts';
import { placeOn } from '../../src/commands/place.ts';
import { launcherArgv } from '../../src/launcher/argv.ts';
import type { Crew, MemoryKeeper } from '../../src/loop/crew.ts';
import { keepLook } from '../../src/loop/keep-look.ts';
import { type Look, lookAndPlan } from '../../src/loop/look.ts';
import { step } from '../../src/loop/step.ts';
import type { DesiredState } from '../../src/model/desired.ts';
import type { HostWriter } from '../../src/model/host.ts';
import { type Memory, NO_MEMORY } from '../../src/model/memory.ts';
import type { StepResult } from '../../src/model/step.ts';
import { type LookCache, lookCache } from '../../src/observe/look-cache.ts';
import { promptOf } from '../../src/queue/prompt.ts';
import { readTask } from '../../src/queue/read-task.ts';
import { reasonText } from '../../src/queue/reason.ts';
import { recordText } from '../../src/queue/record.ts';
import { PLACES, SECRET } from './places.ts';

/** What is on the disk beside the queue: the state folder. */
export interface Disk {
  memory: Memory | null;
  /** A real folder with the suspensions as they are. */
  stateDir: string;
  /** Whether it takes anything. */
  full: boolean;
}

/** What a cycle of a Rollcall told. */
export interface Cycled {
  readonly look: Look;
  readonly results: readonly StepResult[];
  readonly last: Look;
}

const ENV = {
  HOME: PLACES.userHome,
  XDG_RUNTIME_DIR: PLACES.runtime,
  XDG_STATE_HOME: '/nowhere',
  PATH: '/usr/bin:/bin',
  GH_TOKEN: SECRET,
};

const SILENT = { write: () => undefined, isTTY: false, columns: null };
const NEVER = new AbortController().signal;

/** Nothing of it is asked for but the environment. */
const IO: Io = {
  stdout: SILENT,
  stderr: SILENT,
  env: ENV,
  cwd: '/',
  now: () => 0,
  ask: null,
  interruption: () => NEVER,
  onHangup: () => undefined,
  gone: NEVER,
  runOnTerminal: () => Promise.resolve(0),
};

/** One process of Rollcall: the product's own loop on a host, with what a process remembers and a disk keeps. */
export class Rollcall {
  private readonly disk: Disk;
  private readonly host: HostWriter;
  private memory: Memory;
  private cache: LookCache = lookCache();
  private stale: Readonly<Record<string, number>> = {};
  private readonly places = new Map<DesiredState, Crew['place']>();
  /** Everything it wrote into its journals. */
  readonly said: string[] = [];
  stillHeld = true;

  constructor(host: HostWriter, disk: Disk) {
    this.host = host;
    this.disk = disk;
    this.memory = reread(disk);
  }

  /** It was killed, and is started again. */
  restart(): void {
    this.memory = reread(this.disk);
    this.cache = lookCache();
    this.stale = {};
    this.stillHeld = true;
  }

  /** As `cycle` of src/loop/run.ts. `confirmed`: as `rollcall apply` where somebody said yes to a mass removal. */
  async cycle(
    desired: DesiredState,
    confirmed: boolean,
    onLook: (look: Look) => void = () => undefined,
  ): Promise<Cycled> {
    const crew = this.crew(desired);
    const look = await lookAndPlan(crew.place, this.memory, { massRemovalConfirmed: confirmed });
    keepLook(crew, look);
    onLook(look);
    if (look.plan.actions.length === 0) return { look, results: [], last: look };
    const stepped = await step(crew, look, look.plan.actions, {
      massRemovalConfirmed: confirmed,
      staleBefore: this.stale,
    });
    this.stale = stepped.stale;
    return { look, results: stepped.results, last: stepped.next };
  }

  /** Looks only: as `rollcall plan` does beside the loop. */
  plan(desired: DesiredState): Promise<Look> {
    return lookAndPlan(this.crew(desired).place, this.memory);
  }

  private crew(desired: DesiredState): Crew {
    const keeper: MemoryKeeper = {
      now: () => this.memory,
      keep: (memory) => {
        this.memory = memory;
        if (!this.disk.full) this.disk.memory = memory;
        return null;
      },
    };
    const log = { append: (line: unknown): null => (this.said.push(JSON.stringify(line)), null) };
    const placeFor = (state: DesiredState): Crew['place'] => ({
      ...this.placeOf(state),
      stateDir: this.disk.stateDir,
      cache: this.cache,
    });
    return {
      place: placeFor(desired),
      placeFor,
      memory: keeper,
      journal: log,
      evidence: log,
      stillHeld: () => this.stillHeld,
    };
  }

  private placeOf(desired: DesiredState): Crew['place'] {
    const known = this.places.get(desired);
    if (known !== undefined) return known;
    const made = placeAt(this.host, desired);
    this.places.set(desired, made);
    return made;
  }
}

let base: Omit<Crew['place'], 'launches'> | null = null;

/** The product's own place on a host; what is known of the agents is the same in every fleet here, and takes long to read. */
export function placeAt(host: HostWriter, desired: DesiredState): Crew['place'] {
  base ??= placeOn(host, { io: IO }, desired);
  return { ...base, host, desired, launches: launchesFor(desired, base.agentOf) };
}

function reread({ memory }: Disk): Memory {
  return memory === null ? NO_MEMORY : memory;
}

/** As src/commands/launches.ts makes them, without writing to a folder of this machine. */
function launchesFor(desired: DesiredState, agentOf: (name: string) => NamedAgent | null): Launches {
  return {
    specFor: (request, record, bytes) => {
      const agent = agentOf(request.agent);
      const inbox = desired.inboxes[request.inbox];
      if (agent === null || inbox === undefined) return answer({ ok: false, text: 'not known' });
      const context = { home: PLACES.userHome, cwd: inbox.cwd, maxBytes: desired.tasks.maxBytes };
      const task = bytes === null ? null : readTask(bytes, record.file, context);
      if (task !== null && !task.ok) return answer({ ok: false, text: task.detail });
      const prompt = promptOf(request, { title: record.title, body: task?.body ?? '' });
      const secrets = { GH_TOKEN: SECRET };
      const spec = launchOf(agent, request, prompt, {
        env: ENV,
        path: ENV.PATH,
        file: desired.file,
        secrets,
      });
      return answer({ ok: true, spec, taskFile: prompt.taskFile });
    },
    recordText,
    reasonText,
    launcherArgv,
    againArgv: (agent, argv, conversation) => {
      const named = agentOf(agent);
      return named === null ? null : againArgv(named.profile, argv, conversation);
    },
  };
}

function answer(spec: SpecAnswer): Promise<SpecAnswer> {
  return Promise.resolve(spec);
}
