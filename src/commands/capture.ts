import { readScreen } from '../agents/screen.ts';
import type { Known } from '../agents/scrub/find.ts';
import { scrubbed } from '../agents/scrub/scrub.ts';
import { openReader } from '../host/host.ts';
import { capturePane, type PaneCapture } from '../host/tmux/capture.ts';
import type { ScreenVerdict } from '../model/screen.ts';
import { EXIT } from '../model/words.ts';
import { captureDocument, type Captured } from '../report/capture-document.ts';
import { safeText } from '../report/safe-text.ts';
import { aroundOf, type Around } from './capture/around.ts';
import { writeCapture } from './capture/files.ts';
import { knownAgent } from './capture/known-agent.ts';
import { knownOf } from './capture/known.ts';
import { choose } from './capture/pane.ts';
import { type Context, flagOption, listOption, print, say, textOption } from './context.ts';
import { findSession } from './find-session.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/**
 * `capture SESSION`: what a session shows, with everything exchanged in it that says who and where, on stdout or, with
 * `--corpus`, as files for the corpus. Whoever's session it is: it is only read, and no lock is taken. Refuses (5)
 * where the rules would read the scrubbed screen differently: it would teach them something wrong.
 */
export const run: Verb = async (context, invocation) => {
  const { io } = context;
  const around = await aroundOf(context);
  const host = openReader({ socket: around.socket, env: io.env });
  const { session } = await findSession(host.tmux, invocation.args[0] ?? '');
  const asked = { pane: textOption(invocation, 'pane'), agent: textOption(invocation, 'agent') };
  const chosen = await choose(host.processes, session, around, asked);
  const isForCorpus = flagOption(invocation, 'corpus');
  if (isForCorpus && chosen.agent === null)
    throw new Stop(
      EXIT.refused,
      `no agent that is known runs in ${session.name}: --agent NAME says whose screen it is`,
    );
  const seen = await settled(context, around, chosen.pane);
  const seenAt = io.now();
  const agent = await knownAgent({ host, io, around, chosen });
  const cwd = session.panes[chosen.pane]?.cwd;
  const known = knownOf({
    io,
    desired: around.desired,
    session: session.name,
    folders: [...(cwd === undefined ? [] : [cwd]), ...agent.folders],
    home: agent.home,
    environments: agent.environments,
    conversation: agent.conversation,
    hide: listOption(invocation, 'hide'),
    keep: listOption(invocation, 'keep'),
  });
  const read = reader(around, chosen.agent, seenAt);
  const clean = scrubbedScreen(seen, known, read);
  const captured: Captured = {
    session: session.name,
    pane: chosen.pane,
    agent: chosen.agent,
    version: agent.version,
    seenAt,
    zone: machineZone(),
    command: clean.command,
    columns: seen.columns,
    rows: seen.rows,
    title: clean.title,
    verdict: read?.(clean.ansi, clean.title) ?? null,
    plain: clean.plain,
    ansi: clean.ansi,
    hidden: clean.hidden,
  };
  const files = isForCorpus ? writeCapture(io, captured, textOption(invocation, 'out')) : null;
  if (files === null || context.output === 'json')
    print(
      context,
      () => captureDocument(captured, files),
      () => `${flagOption(invocation, 'ansi') ? captured.ansi : captured.plain}\n`,
    );
  tell(context, captured, files);
  return EXIT.done;
};

type Read = (text: string, title: string) => ScreenVerdict;

function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What the rules of an agent's profile read; null: no agent. */
function reader({ profiles }: Around, agent: string | null, seenAt: number): Read | null {
  const profile = agent === null ? undefined : profiles[agent];
  if (profile === undefined) return null;
  return (text, title) => readScreen(profile, { text, seenAt, title, zone: machineZone() });
}

/** A program may be drawing: two equal looks a moment apart are a whole screen. */
const LOOKS = 4;
const APART_MS = 150;

async function settled(context: Context, { socket }: Around, pane: string): Promise<PaneCapture> {
  let last: PaneCapture | null = null;
  for (let look = 0; look < LOOKS; look += 1) {
    const answer = await capturePane({ socket, env: context.io.env }, pane);
    if (answer.type !== 'ok')
      throw new Stop(
        EXIT.failed,
        `pane ${pane} cannot be read: ${answer.type === 'error' ? safeText(answer.text) : answer.type}`,
      );
    if (answer.value === null) throw new Stop(EXIT.noSuchThing, `pane ${pane} has gone`);
    if (last?.text === answer.value.text) return answer.value;
    last = answer.value;
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  if (last === null) throw new Stop(EXIT.failed, `pane ${pane} cannot be read`);
  say(context, 'rollcall: the screen changed at each look; this is the last one, and may be half drawn');
  return last;
}

interface Clean {
  readonly ansi: string;
  readonly plain: string;
  readonly title: string;
  readonly command: string;
  readonly hidden: Readonly<Record<string, number>>;
}

/** Scrubbed, and read as it was: in both forms, each against the same form of what was there. */
function scrubbedScreen(seen: PaneCapture, known: Known, read: Read | null): Clean {
  const { ansi, plain, title, hidden } = scrubbed(seen.text, seen.title, known, seen.columns);
  const command = scrubbed(seen.command, null, known).plain;
  const untouched = scrubbed(seen.text, seen.title, {
    words: [],
    secrets: [],
    folders: [],
    kept: [],
    shapes: false,
  });
  const pairs = [
    [untouched.ansi, ansi],
    [untouched.plain, plain],
  ] as const;
  for (const [was, is] of read === null ? [] : pairs) {
    const [before, after] = [read?.(was, seen.title), read?.(is, title ?? '')];
    if (before === undefined || JSON.stringify(before) === JSON.stringify(after)) continue;
    throw new Stop(EXIT.refused, changedText(before, after, hidden));
  }
  return { ansi, plain, title: title ?? '', command, hidden };
}

function changedText(
  before: ScreenVerdict,
  after: ScreenVerdict | undefined,
  hidden: Clean['hidden'],
): string {
  return [
    `what had to be hidden (${hiddenText(hidden)}) changes what the rules read in it:`,
    `  before  ${before.state}, by rule ${before.rule}`,
    `  after   ${after === undefined ? '?' : `${after.state}, by rule ${after.rule}`}`,
    'Nothing was written. --keep WORD leaves a word as it is, where it is a common one and says nothing of anybody.',
  ].join('\n');
}

function tell(context: Context, { hidden, verdict, agent }: Captured, files: readonly string[] | null): void {
  const read =
    verdict === null ? '' : `; ${String(agent)}'s rules read: ${verdict.state}, by rule ${verdict.rule}`;
  say(context, `hidden: ${hiddenText(hidden)}${read}`);
  if (files === null) return;
  for (const file of files) say(context, `wrote ${safeText(file)}`);
  say(
    context,
    'Read them before you share them: what a task is about, nobody can tell but you (--hide WORD hides more). Then\n' +
      'correct the labels in manifest.json to what the screen really shows; the corpus is in test/corpus/.',
  );
}

function hiddenText(hidden: Clean['hidden']): string {
  const parts = Object.entries(hidden).map(
    ([what, count]) => `${String(count)} ${what}${count === 1 ? '' : ending(what)}`,
  );
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function ending(what: string): string {
  return what.endsWith('s') ? 'es' : 's';
}
