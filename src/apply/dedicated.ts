import type { StoppedNote } from '../model/dedicated-agent.ts';
import type { HostWriter, TmuxCommand, TmuxGuard } from '../model/host.ts';
import type { DedicatedResume, DedicatedStop, ResumableDedicated } from '../model/plan.ts';
import type { Launches } from './launches.ts';
import { refused } from './link.ts';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './session.ts';

/** How an agent is started again may hold an operator's secrets: in a file of mode 0600, nowhere else. */
const START_BYTES = 1024 * 1024;

/**
 * Ends the operator's agent that was seen, and no other: that its session still is the one that was seen is asked of
 * the server first, that it is the same process of the kernel. What it takes to start it again, and that it was told
 * to end, is on the disk before.
 */
export async function stopDedicated(
  host: HostWriter,
  launches: Launches,
  { session, note, folder }: DedicatedStop,
): Promise<Outcome> {
  const still = outcomeOf(await host.tmux.act(guardOf(session, false), []));
  if (still.outcome !== 'applied') return still;
  const details = await host.processes.detailsOf(note.pid);
  const env = await host.processes.environmentOf(note.pid);
  if (details?.start !== note.start || env === null) return gone(note);
  const argv = launches.againArgv(note.agent, details.argv, note.conversation);
  if (argv === null) return { outcome: 'failed', text: 'its command line cannot be started again' };
  const start = note.via === 'pane' ? script(env, note, argv) : commandLine(argv);
  const made = await host.files.makeDirectory(folder);
  if (made.type === 'error') return refused(made);
  const begun = await host.files.write(startFile(folder, note), start, { fresh: false });
  if (begun.type === 'error') return refused(begun);
  const noted = await host.files.write(noteFile(folder, note), noteText(note), { fresh: false });
  if (noted.type === 'error') return refused(noted);
  const sent = await host.processes.signal(note.pid, note.start, 'SIGTERM');
  if (sent === 'sent') return { outcome: 'applied', text: null };
  // Not by us: nothing is to be started in its place.
  await host.files.remove(noteFile(folder, note));
  await host.files.remove(startFile(folder, note));
  return sent === 'gone'
    ? gone(note)
    : { outcome: 'failed', text: `pid ${String(note.pid)} could not be signalled` };
}

/**
 * Starts it again, in its pane or by one command typed at the prompt that was seen: the server types nothing where
 * anything was typed since, or something else is in the foreground. That it was tried is noted before, so that it is
 * tried once, whatever becomes of it.
 */
export async function resumeDedicated(
  host: HostWriter,
  { session, note, folder, home, prompt }: DedicatedResume,
): Promise<Outcome> {
  if ((await host.processes.startOf(note.pid)) === note.start)
    return { outcome: 'stale', text: `pid ${String(note.pid)} still lives` };
  const start = await host.files.text(startFile(folder, note), START_BYTES);
  if (start.type === 'error') return refused(start);
  const commands =
    note.via === 'pane' ? inPane(session, note, folder) : typed(session, note, home, start.value);
  const noted = await host.files.write(noteFile(folder, note), noteText(note), { fresh: false });
  if (noted.type === 'error') return refused(noted);
  if (note.via === 'pane') {
    const text = `export ${note.homeVariable}=${quoted(home)}\n${start.value}`;
    const written = await host.files.write(scriptFile(folder, note), text, { fresh: false });
    if (written.type === 'error') return refused(written);
  }
  const guard: TmuxGuard = {
    ...guardOf(session, note.via === 'pane'),
    takesInput: true,
    ...(prompt === null ? {} : { prompt }),
  };
  const outcome = outcomeOf(await host.tmux.act(guard, commands));
  if (outcome.outcome === 'stale')
    await host.files.write(noteFile(folder, note), again(note), { fresh: false });
  if (outcome.outcome === 'applied') await host.files.remove(startFile(folder, note));
  return outcome;
}

function guardOf(
  { incarnation, id, name, owner, pane, panePid }: ResumableDedicated,
  dead: boolean,
): TmuxGuard {
  return { incarnation, session: { id, name, owner }, pane: { id: pane, pid: panePid, dead } };
}

/** With the environment it had and nothing else; the secrets in it stand in the file alone. */
function inPane({ pane }: ResumableDedicated, note: StoppedNote, folder: string): readonly TmuxCommand[] {
  const argv = ['env', '-i', '/bin/sh', scriptFile(folder, note)];
  return [{ type: 'respawn-pane', pane, cwd: note.cwd, argv }];
}

function typed(
  { pane }: ResumableDedicated,
  { homeVariable }: StoppedNote,
  home: string,
  line: string,
): readonly TmuxCommand[] {
  return [
    { type: 'type-text', pane, text: `${homeVariable}=${quoted(home)} ${line.trimEnd()}` },
    { type: 'press-enter', pane },
  ];
}

/** The program itself and no alias or function of its name, which may add flags of its own. */
function commandLine([program = '', ...args]: readonly string[]): string {
  const words = [program, ...args].map(quoted).join(' ');
  return `${program.includes('/') ? '' : 'command '}${words}\n`;
}

/** Of the shell that carries it out, not of the agent. */
const NOT_HANDED_ON = ['_', 'SHLVL', 'PWD', 'OLDPWD'];

function script(
  env: Readonly<Record<string, string>>,
  { homeVariable }: StoppedNote,
  argv: readonly string[],
): string {
  const variables = Object.entries(env).filter(
    ([name]) => /^[A-Za-z_]\w*$/.test(name) && name !== homeVariable && !NOT_HANDED_ON.includes(name),
  );
  return [
    ...variables.map(([name, value]) => `export ${name}=${quoted(value)}`),
    'rm -f -- "$0"',
    `exec ${argv.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}

/** One word of any shell, whatever is in it. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function gone({ pid }: StoppedNote): Outcome {
  return { outcome: 'stale', text: `pid ${String(pid)} is not the agent that was seen` };
}

function noteFile(folder: string, { session }: StoppedNote): string {
  return `${folder}/${session}.json`;
}

function startFile(folder: string, { session }: StoppedNote): string {
  return `${folder}/${session}.start`;
}

function scriptFile(folder: string, { session }: StoppedNote): string {
  return `${folder}/${session}.sh`;
}

function noteText(note: StoppedNote): string {
  return `${JSON.stringify(note, null, 2)}\n`;
}

/** Refused by the server, so nothing was begun: the next look may try. */
function again(note: StoppedNote): string {
  return noteText({ ...note, resumedAt: null });
}
