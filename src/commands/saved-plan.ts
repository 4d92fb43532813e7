import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeAtomic } from '../host/state/write-atomic.ts';
import type { Plan } from '../model/plan.ts';
import { EXIT } from '../model/words.ts';
import { jsonText } from '../report/json.ts';
import type { Context } from './context.ts';
import { Stop } from './stop.ts';

/** What of a saved plan must not have moved. */
export interface SavedPlan {
  readonly fleet: string;
  readonly desiredHash: string;
  /** Each with `type`, `target` and `effect`. */
  readonly actions: readonly SavedAction[];
}

interface SavedAction {
  readonly type: string;
  readonly target: string;
  readonly effect: unknown;
}

/** Writes the document, mode 0600, whole or not at all. */
export function writeSavedPlan({ io }: Context, file: string, document: object): void {
  try {
    writeAtomic(resolve(io.cwd, file), jsonText(document));
  } catch (error) {
    throw new Stop(EXIT.failed, `the plan could not be saved to ${file}: ${reasonOf(error)}`);
  }
}

/** Reads one that `plan --out` wrote. Ends with 4 where there is none, 78 where it is something else. */
export function readSavedPlan({ io }: Context, file: string): SavedPlan {
  const path = resolve(io.cwd, file);
  if (!isFile(path)) throw new Stop(EXIT.noSuchThing, `there is no saved plan ${file}`);
  const plan = parsed(path);
  if (plan === null) throw new Stop(EXIT.badFile, `${file} is no plan that \`rollcall plan --out\` wrote`);
  return plan;
}

/** What has moved since the plan was saved, in words; empty: nothing has. */
export function movedSince(saved: SavedPlan, now: Plan): readonly string[] {
  if (saved.fleet !== now.fleet) return [`it is a plan of fleet ${saved.fleet}, and this is ${now.fleet}`];
  const before = new Map(saved.actions.filter(isOfFleet).map((action) => [keyOf(action), action]));
  const after = new Map(now.actions.filter(isOfFleet).map((action) => [keyOf(action), action]));
  const moved = [
    ...[...before].filter(([key]) => !after.has(key)).map(([key]) => `${key} is not to be done any more`),
    ...[...after].filter(([key]) => !before.has(key)).map(([key]) => `${key} is to be done now, too`),
    ...[...after].flatMap(([key, { effect }]) => differing(key, before.get(key)?.effect, effect)),
  ];
  const edited = saved.desiredHash === now.desiredHash ? [] : ['the desired-state file was edited'];
  return [...edited, ...moved];
}

/** Whether an action changes the fleet. What is to be told comes and goes by itself, and makes no plan stale. */
export function isOfFleet({ type }: { readonly type: string }): boolean {
  return type !== 'notify.send';
}

function keyOf({ type, target }: Pick<SavedAction, 'type' | 'target'>): string {
  return `${type} ${target}`;
}

function differing(key: string, before: unknown, after: unknown): string[] {
  return before === undefined || lasting(before) === lasting(after)
    ? []
    : [`what ${key} acts on has changed`];
}

/** What of an effect lasts from one look to the next: ids and times that each look makes anew are left out. */
function lasting(effect: unknown): string {
  const attempt = attemptIn(effect);
  const text = canonical(effect).replaceAll(
    /"(?:at|startedAt|launchedAt|conversation)":(?:\d+|"[^"]*")/g,
    '""',
  );
  return attempt === null ? text : text.replaceAll(attempt, 'ATTEMPT');
}

/** The attempt that a dispatch would begin. */
function attemptIn(effect: unknown): string | null {
  if (typeof effect !== 'object' || effect === null || !('claim' in effect)) return null;
  const { claim } = effect;
  if (typeof claim !== 'object' || claim === null || !('attempt' in claim)) return null;
  return typeof claim.attempt === 'string' && claim.attempt !== '' ? claim.attempt : null;
}

/** JSON with sorted keys, so that the same effect is the same text however it was written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function parsed(path: string): SavedPlan | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isSavedPlan(value) ? value : null;
  } catch {
    return null;
  }
}

function isSavedPlan(value: unknown): value is SavedPlan {
  return (
    isRecord(value) &&
    value['kind'] === 'Plan' &&
    value['apiVersion'] === 'rollcall/v1' &&
    typeof value['fleet'] === 'string' &&
    typeof value['desiredHash'] === 'string' &&
    Array.isArray(value['actions']) &&
    value['actions'].every(isSavedAction)
  );
}

function isSavedAction(value: unknown): value is SavedAction {
  return (
    isRecord(value) &&
    typeof value['type'] === 'string' &&
    typeof value['target'] === 'string' &&
    isRecord(value['effect'])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
