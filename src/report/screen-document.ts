import type { ScreenVerdict } from '../model/screen.ts';
import { API_VERSION } from './json.ts';
import { paint, shown, type Style } from './style.ts';
import { when } from './time.ts';

/** What a screen says, as published (SPEC §8, `rollcall schema Screen`); its time to the second. */
export function screenDocument(agent: string, verdict: ScreenVerdict) {
  const { state, dialog, evidence, resetsAt, rule } = verdict;
  return {
    apiVersion: API_VERSION,
    kind: 'Screen',
    agent,
    state,
    dialog,
    evidence,
    resetsAt: resetsAt === null ? null : new Date(resetsAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    rule,
  } as const;
}

/** The same for a person; how far off the reset is counts from `seenAt`, epoch milliseconds. */
export function screenText(agent: string, verdict: ScreenVerdict, seenAt: number, style: Style): string {
  const { state, dialog, evidence, resetsAt, rule } = verdict;
  const lines: readonly (readonly [string, string])[] = [
    ['agent', shown(style, agent)],
    ['state', paint(style, 'bold', state)],
    ['dialog', dialog ?? 'none'],
    ['evidence', evidence ?? 'cannot be told'],
    ['resets', resetsAt === null ? 'not said' : `${when(resetsAt, seenAt, style.zone)} when seen`],
    ['rule', shown(style, rule)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(10)}${value}\n`).join('');
}
