import { readFileSync } from 'node:fs';
import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { readScreen } from '../../src/agents/screen.ts';
import { BUILTIN_AGENTS, type BuiltinAgent } from '../../src/model/agents.ts';
import type { ScreenVerdict } from '../../src/model/screen.ts';

/** What a screen is labelled with in the corpus. */
export interface Label {
  readonly state: string;
  readonly dialog: string | null;
  readonly evidence: string | null;
  readonly resetsAt: string | null;
}

export interface Capture {
  readonly name: string;
  readonly agent: BuiltinAgent;
  readonly coloured: boolean;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly seenAt: number;
  readonly title: string | null;
  /** IANA zone of the machine's clock. */
  readonly zone: string;
  readonly label: Label;
}

const CORPUS = new URL('../corpus/', import.meta.url);

interface Entry extends Label {
  readonly file: string;
  readonly agent: string;
  readonly seenAt: string;
  readonly title: string | null;
  readonly zone?: string;
}

/** Every capture of the corpus, plain and with colours. */
export function captures(): readonly Capture[] {
  const entries = JSON.parse(readFileSync(new URL('manifest.json', CORPUS), 'utf8')) as readonly Entry[];
  return entries.flatMap((entry) => [captureOf(entry, false), captureOf(entry, true)]);
}

/** One capture by its file without the ending, with colours or plain. */
export function capture(name: string, coloured: boolean): Capture {
  const found = captures().find((each) => each.name === `${name}${coloured ? ' (colours)' : ''}`);
  if (found === undefined) throw new Error(`no capture ${name}`);
  return found;
}

/** What the agent's built-in profile says of a capture, as it is or with another text. */
export function verdictOn(seen: Capture, text = seen.text): ScreenVerdict {
  const { agent, seenAt, title, zone } = seen;
  return readScreen(builtinProfile(agent), { text, seenAt, title, zone });
}

/** A verdict in the words of the corpus. */
export function labelOf({ state, dialog, evidence, resetsAt }: ScreenVerdict): Label {
  const at = resetsAt === null ? null : new Date(resetsAt).toISOString().replace('.000Z', 'Z');
  return { state, dialog, evidence, resetsAt: at };
}

function captureOf(entry: Entry, coloured: boolean): Capture {
  const { file, state, dialog, evidence, resetsAt, title } = entry;
  const agent = BUILTIN_AGENTS.find((each) => each === entry.agent);
  if (agent === undefined) throw new Error(`no agent ${entry.agent}`);
  return {
    name: file.replace(/\.txt$/, coloured ? ' (colours)' : ''),
    agent,
    coloured,
    text: readFileSync(new URL(coloured ? file.replace(/\.txt$/, '.ansi.txt') : file, CORPUS), 'utf8'),
    seenAt: Date.parse(entry.seenAt),
    title,
    zone: entry.zone ?? 'UTC',
    label: { state, dialog, evidence, resetsAt },
  };
}
