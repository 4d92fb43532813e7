import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { StoppedAgent, StoppedNote } from '../model/dedicated-agent.ts';
import type { DesiredState } from '../model/desired.ts';
import type { FileReader, ProcessReader, TmuxListing } from '../model/host.ts';
import { dedicatedIn } from './operator-process.ts';
import type { Screens } from './session.ts';
import { shellPrompt } from './shell-prompt.ts';

/** Absolute: where notes about agents in dedicated sessions are, beside the folders of the runs. */
export function notesFolder(runsDir: string): string {
  return join(dirname(runsDir), 'dedicated');
}

/** The notes about those sessions that are there and whose agents may go on elsewhere. */
export async function readNotes(
  files: FileReader,
  desired: DesiredState,
  listing: TmuxListing,
  runsDir: string,
): Promise<readonly StoppedNote[]> {
  const names = dedicatedIn(desired, listing)
    .map(({ name }) => name)
    .filter((name) => desired.dedicated[name]?.onSwap === 'resume');
  const notes = await Promise.all(
    names.map(async (name) => {
      const answer = await files.text(join(notesFolder(runsDir), `${name}.json`), NOTE_BYTES);
      const note = answer.type === 'ok' ? parsed(answer.value) : null;
      return note?.session === name ? note : null;
    }),
  );
  return notes.filter((note) => note !== null);
}

/** What of the notes is still true. */
export async function lookAtStopped(
  processes: ProcessReader,
  notes: readonly StoppedNote[],
  screens: Screens,
): Promise<Readonly<Record<string, StoppedAgent>>> {
  const stopped: Record<string, StoppedAgent> = {};
  for (const note of notes) {
    const alive = (await processes.startOf(note.pid)) === note.start;
    const shell = alive || note.via === 'pane' ? null : await processes.detailsOf(note.panePid);
    const screen = Object.hasOwn(screens, note.pane) ? screens[note.pane] : undefined;
    stopped[note.session] = { note, alive, prompt: shell === null ? null : shellPrompt(shell, screen) };
  }
  return stopped;
}

const NOTE_BYTES = 64 * 1024;

const NOTE: z.ZodType<StoppedNote> = z.strictObject({
  version: z.literal(1),
  session: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  agent: z.string().min(1).max(100),
  pid: z.int().min(2),
  start: z.string().regex(/^\d{1,20}$/),
  pane: z.string().regex(/^%\d{1,10}$/),
  panePid: z.int().min(2),
  via: z.enum(['pane', 'shell']),
  conversation: z.uuid(),
  from: z.string().min(1).max(100),
  cwd: z.string().startsWith('/'),
  homeVariable: z.string().regex(/^[A-Za-z_]\w{0,127}$/),
  shown: z.array(z.string()),
  more: z.boolean(),
  at: z.int().min(0),
  resumedAt: z.int().min(0).nullable(),
});

function parsed(text: string): StoppedNote | null {
  try {
    const { success, data } = NOTE.safeParse(JSON.parse(text));
    return success ? data : null;
  } catch {
    return null;
  }
}
