import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { agentProfile } from '../agents/agent-profile.ts';
import { builtinProfile } from '../agents/builtin-profile.ts';
import type { Profile } from '../agents/profile.ts';
import { readScreen } from '../agents/screen.ts';
import { BUILTIN_AGENTS } from '../model/agents.ts';
import { EXIT } from '../model/words.ts';
import { screenDocument, screenText } from '../report/screen-document.ts';
import { type Context, print, textOption } from './context.ts';
import type { Io } from './io.ts';
import { loadFleet } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { timeOption } from './time-option.ts';
import type { Verb } from './verb.ts';

/** `screen FILE`: what the rules of an agent's profile read in a captured screen; `-` is standard input. */
export const run: Verb = async (context, invocation) => {
  const agent = textOption(invocation, 'agent') ?? 'claude';
  const seenAt = timeOption(invocation, 'seenAt') ?? context.io.now();
  const profile = await profileOf(context, agent);
  const text = await captured(context.io, invocation.args[0] ?? '-');
  const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
  const verdict = readScreen(profile, { text, seenAt, title: textOption(invocation, 'title'), zone });
  print(
    context,
    () => screenDocument(agent, verdict),
    (style) => screenText(agent, verdict, seenAt, style),
  );
  return EXIT.done;
};

/** A built-in agent needs no desired-state file; with `-f`, or under another name, the file's own profile counts. */
async function profileOf(context: Context, agent: string): Promise<Profile> {
  const builtin = BUILTIN_AGENTS.find((name) => name === agent);
  if (builtin !== undefined && context.file === null) return builtinProfile(builtin);
  const { desired } = await loadFleet(context);
  const spec = Object.hasOwn(desired.agents, agent) ? desired.agents[agent] : undefined;
  if (spec === undefined) {
    if (builtin !== undefined) return builtinProfile(builtin);
    throw new Stop(EXIT.noSuchThing, `there is no agent ${agent} in fleet ${desired.name}`);
  }
  const reading = agentProfile(agent, spec);
  if (reading.ok) return reading.profile;
  const problems = reading.problems.map(({ path, message }) => `agents.${agent}${path}: ${message}`);
  throw new Stop(EXIT.badFile, problems.join('\n'));
}

/** More than any screen: what is beyond is not read. */
const MOST_BYTES = 4 * 1024 * 1024;

async function captured(io: Io, file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of file === '-' ? (io.input?.() ?? []) : bytesOf(resolve(io.cwd, file))) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
    }
  } catch (error) {
    throw new Stop(EXIT.noSuchThing, `cannot read ${file}: ${error instanceof Error ? error.message : '?'}`);
  }
  return Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8');
}

/** A regular file or a pipe alike, so that `screen <(tmux capture-pane -p -e)` works. */
function bytesOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}
