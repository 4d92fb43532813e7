import { Temporal as polyfill } from 'temporal-polyfill';

const native: unknown = Reflect.get(globalThis, 'Temporal');

/** Temporal: the runtime's own from Node 26 on, the polyfill until then. */
export const Temporal: typeof polyfill = isTemporal(native) ? native : polyfill;

function isTemporal(value: unknown): value is typeof polyfill {
  return typeof value === 'object' && value !== null && 'ZonedDateTime' in value;
}
