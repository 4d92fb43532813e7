import type { FileAnswer, HostWriter, TmuxCommand } from '../model/host.ts';
import type { OwnedPoolSession, SessionRelaunch, TaskStart } from '../model/plan.ts';
import { LAUNCH_FILES, RUN_FILES } from '../model/queue.ts';
import { STAMP, stampCommands } from '../model/stamp.ts';
import type { AttemptRecord, LaunchRequest } from '../model/task.ts';
import type { Launches, SpecAnswer } from './launches.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';
import { guardOf, keepCommands, outcomeOf, setOption } from './session.ts';
import { outcomeOf as outcomeOfFile, writeInFolder } from './task-file.ts';

/**
 * Dispatches a task: prepare, reserve, claim, start (DESIGN §3). Stops at the first step that fails and undoes
 * nothing but its own preparations: a later look sees how far it came, and decides on what is there.
 */
export async function startTask(host: HostWriter, launches: Launches, effect: TaskStart): Promise<Outcome> {
  const { session, claim, from, claimed, identity, launch, record, recordPath, maxBytes } = effect;
  const read = await host.files.bytes(from, maxBytes);
  if (read.type === 'error') return outcomeOfFile(read);
  if (read.value.identity !== identity) return { outcome: 'stale', text: `${from} has changed` };
  const answer = await launches.specFor(launch, record, read.value.bytes);
  if (!answer.ok) return { outcome: 'failed', text: answer.text };
  const prepared = await prepare(host, launch, answer);
  if (prepared.type === 'error') return refused(prepared);
  const reserved = outcomeOf(await reserve(host, session, claim.attempt));
  if (reserved.outcome !== 'applied') {
    // Never known to anybody: nothing of it needs to stay. Where the outcome is unknown, the next look finds out.
    if (reserved.outcome === 'stale') await host.files.remove(specPath(launch));
    return reserved;
  }
  const recorded = await writeInFolder(host, recordPath, launches.recordText(record), { fresh: true });
  if (recorded.type === 'error') return refused(recorded);
  const moved = await host.files.move(from, claimed, identity);
  if (moved.type === 'error') return outcomeOfFile(moved);
  return await start(host, launches, session, launch, record, { phase: '', dead: false });
}

/** Starts the agent of an attempt again, with its conversation, in the session that carries it. */
export async function relaunchAgent(
  host: HostWriter,
  launches: Launches,
  effect: SessionRelaunch,
): Promise<Outcome> {
  const { session, attempt, launch, record, recordPath, from, dead, moves } = effect;
  const answer = await launches.specFor(launch, record, null);
  if (!answer.ok) return { outcome: 'failed', text: answer.text };
  const prepared = await prepare(host, launch, answer);
  if (prepared.type === 'error') return refused(prepared);
  if (from === 'free') {
    const reserved = outcomeOf(await reserve(host, session, attempt));
    if (reserved.outcome !== 'applied') return reserved;
  }
  if (moves !== null) {
    const moved = await host.files.move(moves.claimed, moves.to, null);
    if (moved.type === 'error') return outcomeOfFile(moved);
  }
  const recorded = await host.files.write(recordPath, launches.recordText(record), { fresh: false });
  if (recorded.type === 'error') return refused(recorded);
  const was = { phase: from === 'ended' ? null : '', dead } as const;
  return await start(host, launches, session, launch, record, was);
}

/** Files of the attempt and of this launch, what is to be started last; then the agent's own settings. */
async function prepare(
  host: HostWriter,
  launch: LaunchRequest,
  { spec, taskFile }: Extract<SpecAnswer, { ok: true }>,
): Promise<FileAnswer<null>> {
  const { runDir } = launch;
  const folder = launchDir(launch);
  for (const path of [`${runDir}/${RUN_FILES.hooks}`, folder]) {
    const made = await host.files.makeDirectory(path);
    if (made.type === 'error') return made;
  }
  const files: readonly (readonly [string, string])[] = [
    ...Object.entries(spec.files).map(([name, text]) => [`${folder}/${name}`, text] as const),
    ...(taskFile === null ? [] : [[`${runDir}/${RUN_FILES.task}`, taskFile] as const]),
    ...(spec.paste === null
      ? []
      : [
          [`${runDir}/${RUN_FILES.sentence}`, spec.paste.sentence] as const,
          [`${runDir}/${RUN_FILES.paste}`, spec.paste.text] as const,
        ]),
    [specPath(launch), `${JSON.stringify(spec)}\n`],
  ];
  for (const [path, text] of files) {
    const written = await host.files.write(path, text, { fresh: false });
    if (written.type === 'error') return written;
  }
  for (const answer of spec.preAnswers) {
    const set = await host.files.setInJson(answer);
    if (set.type === 'error') return set;
  }
  return { type: 'ok', value: null };
}

/** Test-and-set in the server: of two who want the session, one gets it. */
function reserve(host: HostWriter, session: OwnedPoolSession, attempt: string) {
  const guard = { ...guardOf(session, false), options: { [STAMP.fence]: '', [STAMP.phase]: '' } };
  return host.tmux.act(guard, [setOption({ type: 'id', id: session.id }, STAMP.fence, attempt)]);
}

/**
 * The phase is set in the very step that starts the launcher in place of the holder, or of what ended there: where
 * there is no phase, nothing was started.
 */
async function start(
  host: HostWriter,
  launches: Launches,
  session: OwnedPoolSession,
  launch: LaunchRequest,
  record: AttemptRecord,
  was: { readonly phase: '' | null; readonly dead: boolean },
): Promise<Outcome> {
  const target = { type: 'id', id: session.id } as const;
  const { attempt, conversation, account, inbox, id, launchedAt, cwd } = record;
  const commands: readonly TmuxCommand[] = [
    {
      type: 'respawn-pane',
      pane: session.pane,
      cwd,
      argv: launches.launcherArgv(launchDir(launch)),
      kill: !was.dead,
    },
    setOption(target, STAMP.phase, 'started'),
    setOption(target, STAMP.since, String(launchedAt)),
    setOption(target, STAMP.task, `${inbox}:${id}`),
    ...(conversation === null ? [] : [setOption(target, STAMP.conversation, conversation)]),
    ...(account === null ? [] : [setOption(target, STAMP.account, account)]),
    ...keepCommands(target),
    ...stampCommands(target, { owner: session.owner, kind: 'pool', recordsPane: true }),
  ];
  const options = { [STAMP.fence]: attempt, ...(was.phase === null ? {} : { [STAMP.phase]: was.phase }) };
  return outcomeOf(await host.tmux.act({ ...guardOf(session, was.dead), options }, commands));
}

function launchDir({ runDir, launch }: LaunchRequest): string {
  return `${runDir}/${String(launch)}`;
}

function specPath(launch: LaunchRequest): string {
  return `${launchDir(launch)}/${LAUNCH_FILES.spec}`;
}
