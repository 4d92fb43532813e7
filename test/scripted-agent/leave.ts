import { hook } from './session.ts';
import type { Session } from './session.ts';

/** How long the hooks may hold up the end. Real time. */
const HOOKS_MS = 1500;

/** Ends the process in good order: hook, registry, terminal, and how to resume where anything was said. */
export function leaver(session: Session): Session['leave'] {
  const startedAt = Date.now();
  let leaving = false;
  return (code, reason) => {
    if (leaving) return;
    leaving = true;
    const limit = new Promise((resolve) => setTimeout(resolve, HOOKS_MS));
    void Promise.race([hook(session, 'SessionEnd', told(session, reason)), limit]).then(() => {
      const spoken = session.ownTurns > 0;
      if (spoken) session.transcript.close(Date.now() - startedAt);
      session.registry.remove();
      session.ui.end(spoken ? `\r\nResume this session with:\r\nclaude --resume ${session.id}\r\n` : '');
      session.ledger({ event: 'exit', code, signal: null, orderly: true });
      process.exit(code);
    });
  };
}

function told({ promptId }: Session, reason: string): Readonly<Record<string, unknown>> {
  return promptId === null ? { reason } : { prompt_id: promptId, reason };
}
