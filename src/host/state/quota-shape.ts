import {
  type AccountQuota,
  EVIDENCE_SOURCES,
  type Exhaustion,
  type QuotaMemory,
  type Suspicion,
  type Swap,
  type Usage,
} from '../../model/quota.ts';
import { isObject, isObjectOf, isText, isWhole, orNull } from './json.ts';

/** Whether a parsed value is what is remembered of quota and swaps. */
export function isQuotaMemory(value: unknown): value is QuotaMemory {
  return (
    isObject(value) &&
    isObjectOf(value['accounts'], isAccountQuota) &&
    Array.isArray(value['swaps']) &&
    value['swaps'].every(isSwap)
  );
}

function isAccountQuota(value: unknown): value is AccountQuota {
  return (
    isObject(value) &&
    orNull(isWhole)(value['exhaustedUntil']) &&
    orNull(isExhaustion)(value['because']) &&
    orNull(isSuspicion)(value['suspicion']) &&
    // A file from before logins has none.
    orNull(isWhole)(value['loggedOutAt'] ?? null) &&
    isObjectOf(value['used'], isUsage)
  );
}

function isExhaustion(value: unknown): value is Exhaustion {
  return (
    isObject(value) &&
    isWhole(value['since']) &&
    EVIDENCE_SOURCES.some((source) => source === value['source']) &&
    ['told', 'read', 'assumed'].some((word) => word === value['confidence']) &&
    ['session', 'rule', 'text'].every((key) => isText(value[key]))
  );
}

function isSuspicion(value: unknown): value is Suspicion {
  return isObject(value) && ['since', 'at', 'looks'].every((key) => isWhole(value[key]));
}

function isUsage(value: unknown): value is Usage {
  return (
    isObject(value) &&
    typeof value['percent'] === 'number' &&
    orNull(isWhole)(value['resetsAt']) &&
    isWhole(value['at'])
  );
}

function isSwap(value: unknown): value is Swap {
  return (
    isObject(value) &&
    isText(value['agent']) &&
    orNull(isText)(value['from']) &&
    isText(value['to']) &&
    isWhole(value['at']) &&
    typeof value['byHand'] === 'boolean' &&
    typeof value['made'] === 'boolean'
  );
}
