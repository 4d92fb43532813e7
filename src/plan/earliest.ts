/** The first of these times, of which some are not known; null: none is. Epoch milliseconds. */
export function earliest(times: readonly (number | null)[]): number | null {
  // Not `Math.min(...times)`, which takes no hundred thousand arguments.
  return times.reduce(
    (least, time) => (least === null || (time !== null && time < least) ? time : least),
    null,
  );
}
