import { readFileSync } from 'node:fs';
import type { Pane, World } from './machine/world.ts';

const CAPTURES = {
  works: '30-working-slow',
  asks: '40-permission-bash',
  rests: '31-finished',
  refused: '51-e-limit5h-oat-final',
  failed: '50-e-500-api-retrying',
} as const;

const texts = new Map<string, string>();

/** What a pane shows of the agent in it: a screen that the real one has shown. */
export function screenOf({ processes }: World, { pid }: Pane): string {
  const launcher = processes[pid];
  const agent =
    launcher?.type === 'launcher' && launcher.child !== null ? processes[launcher.child] : undefined;
  if (agent?.type !== 'agent' || agent.does === undefined) return '';
  const name = CAPTURES[agent.does];
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`../corpus/claude/${name}.ansi.txt`, import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}
