/** Whether the wide version of a test is asked for: `npm run proof`, or ROLLCALL_HEAVY=1. */
export const HEAVY = process.env['ROLLCALL_HEAVY'] === '1';

/** How often something is tried: less often in `npm test`, which must stay quick. */
export function often(quick: number, wide: number): number {
  return HEAVY ? wide : quick;
}
