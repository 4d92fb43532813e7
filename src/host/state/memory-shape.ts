import type { PoolSpec, TmuxSocket } from '../../model/desired.ts';
import type { Accepted, Deaths, Failure, Memory, SeenScreenHash, SeenServer } from '../../model/memory.ts';
import { NO_NOTICES } from '../../model/notice.ts';
import { NO_QUOTA } from '../../model/quota.ts';
import { isNoticesMemory } from './notice-shape.ts';
import { isQuotaMemory } from './quota-shape.ts';
import { isObject, isObjectOf, isText, isWhole, orNull } from './json.ts';

/** A parsed value as a whole memory; null: one field is wrong, and none of it is believed. */
export function memoryOf(value: unknown): Memory | null {
  // A file from before tasks has no screens, one from before swaps no quota and nothing announced, and
  // one from before notices nothing to tell.
  const before = { screens: {}, quota: NO_QUOTA, announced: {}, notices: NO_NOTICES };
  const whole = isObject(value) ? { ...before, ...value } : null;
  return isMemory(whole) ? whole : null;
}

function isMemory(value: unknown): value is Memory {
  return (
    isObject(value) &&
    isAccepted(value['accepted']) &&
    isServer(value['server']) &&
    isObjectOf(value['deaths'], isDeaths) &&
    isObjectOf(value['failures'], isFailure) &&
    isObjectOf(value['screens'], isScreen) &&
    isQuotaMemory(value['quota']) &&
    isObjectOf(value['announced'], isText) &&
    isNoticesMemory(value['notices'])
  );
}

const isAccepted = orNull(
  (value): value is Accepted =>
    isObject(value) &&
    isObjectOf(value['pools'], isPool) &&
    (value['prune'] === 'owned' || value['prune'] === 'never') &&
    isSocket(value['socket']),
);

function isSocket(value: unknown): value is TmuxSocket {
  if (!isObject(value)) return false;
  return value['type'] === 'name' ? isText(value['name']) : value['type'] === 'path' && isText(value['path']);
}

const isServer = orNull(
  (value): value is SeenServer =>
    isObject(value) && isText(value['socket']) && isWhole(value['pid']) && isText(value['procStart']),
);

function isPool(value: unknown): value is PoolSpec {
  return (
    isObject(value) &&
    ['prefix', 'cwd', 'agent'].every((key) => isText(value[key])) &&
    ['startIndex', 'min', 'max', 'cooldownMs'].every((key) => isWhole(value[key]))
  );
}

function isDeaths(value: unknown): value is Deaths {
  return (
    isObject(value) &&
    Array.isArray(value['at']) &&
    value['at'].every(isWhole) &&
    isWhole(value['lastPid']) &&
    isWhole(value['lastAt'])
  );
}

function isFailure(value: unknown): value is Failure {
  return isObject(value) && isWhole(value['count']) && isWhole(value['lastAt']) && isText(value['why']);
}

function isScreen(value: unknown): value is SeenScreenHash {
  return isObject(value) && isText(value['hash']) && isWhole(value['since']);
}
