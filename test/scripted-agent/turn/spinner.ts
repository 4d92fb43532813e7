import type { Turn } from './run-turn.ts';

const GLYPHS = ['·', '✢', '*', '✶', '✻', '✽'] as const;
const VERBS = ['Roosting', 'Caramelizing', 'Pondering', 'Simmering'] as const;
/** Real time between two frames. */
const FRAME_MS = 200;

/** Turns the spinner of a turn until the function it gives back is called; a retry row in its place is left alone. */
export function startSpinner({ session, startedAt }: Turn): () => void {
  const { ui, clock } = session;
  const verb = VERBS[session.ownTurns % VERBS.length] ?? 'Pondering';
  let frame = 0;
  const draw = (): void => {
    const { activity } = ui.view;
    if (activity === null || activity.type === 'working') {
      const glyph = GLYPHS[frame % GLYPHS.length] ?? '✻';
      ui.view.activity = { type: 'working', verb, glyph, seconds: Math.floor(clock.since(startedAt) / 1000) };
    }
    frame += 1;
    ui.redraw();
  };
  const timer = setInterval(draw, FRAME_MS);
  draw();
  freezers.set(session, () => clearInterval(timer));
  return () => clearInterval(timer);
}

const freezers = new WeakMap<Turn['session'], () => void>();

/** Lets the spinner of the running turn stand still. */
export function freezeSpinner({ session }: Turn): void {
  freezers.get(session)?.();
}
