import { setTimeout as sleep } from 'node:timers/promises';
import { digest, type Placed, scan } from './places.ts';

/**
 * A child of storm.test.ts: `watcher INBOX` looks at the five folders without pause, until a line comes on its
 * stdin, and then prints a `Watched` as JSON. What is there at its start is what must be there at every moment, each
 * once, under one name, with the same bytes and the same inode: a copy is no rename.
 */
export interface Watched {
  readonly listings: number;
  /** Moments: pairs of listings that agree, so that all in them was there at once. */
  readonly moments: number;
  /** Names seen anew: how often something moved between two listings. */
  readonly moves: number;
  readonly violations: readonly string[];
}

/** So long may listings disagree, or lack a task, before that is a finding by itself. */
const PATIENCE_MS = 2000;
const MOST_VIOLATIONS = 20;

const [, , inbox = ''] = process.argv;
const violations: string[] = [];
const digests = new Map<string, string>();
const expected = new Map<string, string>();
let listings = 0;
let moments = 0;
let moves = 0;
const over = new AbortController();

process.stdin.once('data', () => over.abort());
await watch();
process.stdout.write(`${JSON.stringify({ listings, moments, moves, violations } satisfies Watched)}\n`);
process.exit(0);

async function watch(): Promise<void> {
  let lastMoment = Date.now();
  while (!over.signal.aborted) {
    const [before, now] = [scan(inbox), scan(inbox)];
    listings += 2;
    if (now !== null && JSON.stringify(before) === JSON.stringify(now)) {
      moments += 1;
      lastMoment = Date.now();
      judge(now);
      if (moments === 1) process.stdout.write('watching\n');
    } else if (Date.now() - lastMoment > PATIENCE_MS) {
      accuse(`no two listings agreed for ${String(PATIENCE_MS)} ms`);
      lastMoment = Date.now();
    }
    // Lets others have the processor, and hears when it is over.
    await sleep(1);
  }
}

/** What was there at one moment, against what must be. */
function judge(placed: readonly Placed[]): void {
  const seen = new Map<string, string>();
  for (const each of placed) {
    const at = `${each.place}/${each.name}`;
    const twin = seen.get(each.node);
    if (twin !== undefined) accuse(`${at} and ${twin} are one file`);
    seen.set(each.node, at);
    if (each.links !== 1) accuse(`${at} has ${String(each.links)} names`);
    const bytes = digestOf(each, at);
    if (bytes === null) continue;
    if (moments === 1) expected.set(each.node, bytes);
    else if (!expected.has(each.node)) accuse(`${at} is a file that was not there at first`);
    else if (expected.get(each.node) !== bytes) accuse(`${at} has other bytes`);
  }
  for (const node of expected.keys()) if (!seen.has(node)) accuse(`the file ${node} is nowhere`);
}

/** Read anew whenever a file has another name or anything about it changed. */
function digestOf(each: Placed, at: string): string | null {
  const key = `${at} ${each.node} ${each.changed}`;
  const known = digests.get(key);
  if (known !== undefined) return known;
  moves += 1;
  const found = digest(inbox, each);
  if (found !== null) digests.set(key, found);
  return found;
}

function accuse(what: string): void {
  if (violations.length < MOST_VIOLATIONS && !violations.includes(what)) violations.push(what);
}
