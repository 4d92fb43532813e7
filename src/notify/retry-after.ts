/** A channel that asks for more is asked again after this long. */
const LONGEST_MS = 3_600_000;

/** `Retry-After` in seconds or as a date, as milliseconds from `now`; null: none, or none that makes sense. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  // Only the form of RFC 9110: Date.parse takes almost anything for a date.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isFinite(at) ? Math.min(Math.max(0, at - now), LONGEST_MS) : null;
}
