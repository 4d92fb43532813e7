import type { Session } from './session.ts';

/** What Claude Code exits with (facts/agents.md section 6). */
const CODES = { SIGTERM: 143, SIGHUP: 129, SIGINT: 0 } as const;

/** Leaves on a signal, unless the script says that it is ignored. */
export function listenToSignals(session: Session): void {
  const names = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
  for (const name of names) {
    const ignored = session.scenario.ignoreSignals.includes(name);
    process.on(name, () => {
      session.ledger({ event: 'signal', signal: name, ignored });
      if (!ignored) session.leave(CODES[name], 'other');
    });
  }
  // Without its terminal nothing else would keep it alive.
  if (session.scenario.ignoreSignals.includes('SIGHUP')) setInterval(() => {}, 60_000);
}
