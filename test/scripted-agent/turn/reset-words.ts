/**
 * A reset as Claude Code prints it: `2:39pm`, `8pm`, and with a date (`Nov 25, 11:29pm`) when it is more than a day
 * off. `at` and `now` are epoch milliseconds; the zone is the process's own.
 */
export function resetWords(at: number, now: number): string {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      hour12: true,
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const minutes = parts['minute'] === '00' ? '' : `:${parts['minute'] ?? ''}`;
  const clock = `${parts['hour'] ?? ''}${minutes}${(parts['dayPeriod'] ?? '').toLowerCase()}`;
  return at - now > 86_400_000 ? `${parts['month'] ?? ''} ${parts['day'] ?? ''}, ${clock}` : clock;
}

/** The process's time zone as it stands in brackets behind a reset: `UTC`, `Europe/Paris`. */
export function zoneWords(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
