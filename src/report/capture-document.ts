import type { ScreenVerdict } from '../model/screen.ts';
import { API_VERSION } from './json.ts';

/** A captured screen, scrubbed, and what is known of it. */
export interface Captured {
  readonly session: string;
  /** `%5`. */
  readonly pane: string;
  /** Null: no agent that is known runs in it, so no rules were asked. */
  readonly agent: string | null;
  readonly version: string | null;
  /** Epoch milliseconds. */
  readonly seenAt: number;
  /** IANA zone of the machine. */
  readonly zone: string;
  readonly title: string;
  readonly command: string;
  readonly columns: number;
  readonly rows: number;
  readonly verdict: ScreenVerdict | null;
  readonly plain: string;
  readonly ansi: string;
  /** Kind of what was hidden -> how often. */
  readonly hidden: Readonly<Record<string, number>>;
}

/** A captured screen as published (`rollcall schema Capture`); `files`: where it was written, null: nowhere. */
export function captureDocument(captured: Captured, files: readonly string[] | null) {
  const { session, pane, plain, ansi, hidden, verdict } = captured;
  return {
    apiVersion: API_VERSION,
    kind: 'Capture',
    session,
    pane,
    ...labels(captured),
    rule: verdict?.rule ?? null,
    hidden,
    plain,
    ansi,
    files,
  } as const;
}

/** Its line in the corpus' manifest, under that file name: what our rules read, for a person to correct. */
export function manifestEntry(captured: Captured, file: string) {
  const { agent, version, seenAt, title, command, size, zone, ...read } = labels(captured);
  return { file, agent, version, seenAt, zone, title, command, size, ...read, note: null };
}

/** The kind of screen in a file's name: `limited`, or its dialog. */
export function screenWord({ verdict }: Captured): string {
  return verdict?.dialog ?? verdict?.state ?? 'screen';
}

function labels({ agent, version, seenAt, zone, title, command, columns, rows, verdict }: Captured) {
  return {
    agent,
    version,
    seenAt: toSecond(seenAt),
    zone,
    title,
    command,
    size: `${String(columns)}x${String(rows)}`,
    state: verdict?.state ?? null,
    dialog: verdict?.dialog ?? null,
    evidence: verdict?.evidence ?? null,
    resetsAt: verdict === null || verdict.resetsAt === null ? null : toSecond(verdict.resetsAt),
  };
}

function toSecond(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
