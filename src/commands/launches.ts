import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeValue } from '../agents/agent-home.ts';
import type { NamedAgent } from '../agents/launch.ts';
import { launchOf, neededBy } from '../agents/launch.ts';
import { againArgv } from '../agents/own-flags.ts';
import type { Launches, SpecAnswer } from '../apply/launches.ts';
import { homeFolder } from '../host/paths.ts';
import { reasonOf } from '../host/state/problem.ts';
import { writeAtomic } from '../host/state/write-atomic.ts';
import { launcherArgv } from '../launcher/argv.ts';
import type { DesiredState, Secret } from '../model/desired.ts';
import type { AttemptRecord, LaunchRequest } from '../model/task.ts';
import { promptOf } from '../queue/prompt.ts';
import { readTask } from '../queue/read-task.ts';
import { reasonText } from '../queue/reason.ts';
import { recordText } from '../queue/record.ts';
import type { Io } from './io.ts';
import { shellQuoted } from './shell-quote.ts';

export interface LaunchOptions {
  readonly io: Pick<Io, 'env'>;
  readonly desired: DesiredState;
  readonly agentOf: (name: string) => NamedAgent | null;
  /** Absolute; the fleet's runtime folder. */
  readonly runtime: string;
}

/** How agents are started for the tasks of a fleet: by their profiles, with the secrets as they are now. */
export function launchesOf(options: LaunchOptions): Launches {
  const { agentOf } = options;
  return {
    specFor: (request, record, bytes) => Promise.resolve(specFor(options, request, record, bytes)),
    recordText,
    reasonText: (reason, detail, at) => reasonText(reason, detail, at),
    launcherArgv,
    againArgv: (agent, argv, conversation) => {
      const named = agentOf(agent);
      return named === null ? null : againArgv(named.profile, argv, conversation);
    },
  };
}

function specFor(
  { io, desired, agentOf, runtime }: LaunchOptions,
  request: LaunchRequest,
  record: AttemptRecord,
  bytes: Uint8Array | null,
): SpecAnswer {
  const agent = agentOf(request.agent);
  const inbox = desired.inboxes[request.inbox];
  if (agent === null || inbox === undefined) return { ok: false, text: 'its agent or inbox is not known' };
  const { home } = agent.profile;
  if (home !== null && request.home !== null && homeValue(home, request.home) === null) {
    return {
      ok: false,
      text: `its agent takes no home that is not called ${home.inside ?? ''}: ${request.home}`,
    };
  }
  const missing = neededBy(agent, request).find((path) => !existsSync(path));
  if (missing !== undefined) return { ok: false, text: `its conversation is gone: ${missing} is not there` };
  const context = {
    home: homeFolder(io.env),
    cwd: inbox.cwd,
    maxBytes: desired.tasks.maxBytes,
  };
  const task = bytes === null ? null : readTask(bytes, record.file, context);
  if (task !== null && !task.ok) return { ok: false, text: task.detail };
  const prompt = promptOf(request, { title: record.title, body: task?.body ?? '' });
  const report = reportFolder(runtime);
  if (!report.ok) return report;
  const machine = {
    env: io.env,
    path: `${report.folder}:${io.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    file: desired.file,
    secrets: secretsOf(desired.agents[request.agent]?.env ?? {}, io.env),
  };
  return { ok: true, spec: launchOf(agent, request, prompt, machine), taskFile: prompt.taskFile };
}

type ReportFolder =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly text: string };

/** A folder that holds `rollcall` and nothing else: this very program, whatever else is on the PATH. */
function reportFolder(runtime: string): ReportFolder {
  const folder = join(runtime, 'bin');
  const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
  const text = `#!/bin/sh\nexec ${shellQuoted(process.execPath)} ${shellQuoted(program)} "$@"\n`;
  const file = join(folder, 'rollcall');
  try {
    if (textOf(file) !== text) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeAtomic(file, text, { mode: 0o700 });
    }
    return { ok: true, folder };
  } catch (error) {
    // A full disk, say: the task waits, and is tried again.
    return { ok: false, text: `${file} cannot be written: ${reasonOf(error)}` };
  }
}

/** Values that are there; one that is missing is left out, and `doctor` says so. */
function secretsOf(
  env: Readonly<Record<string, string | Secret>>,
  environment: Io['env'],
): Readonly<Record<string, string>> {
  const found = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string') return [];
    const text = value.type === 'env' ? environment[value.name] : textOf(value.path)?.trimEnd();
    return text === undefined || text === null || text === '' ? [] : [[name, text]];
  });
  return Object.fromEntries(found);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
