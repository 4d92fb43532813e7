/** A place in the operator's file; `line` and `column` start at 1. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Positions of what was written, keyed by JSON pointer (`/pools/auto/min`). */
export type Sources = Readonly<Record<string, Source>>;

/**
 * The place that asks for what `pointer` names: itself, or, where it was left out and is a default, the
 * nearest thing around it that was written. Null only for a state that came from no file.
 */
export function sourceOf(sources: Sources, pointer: string): Source | null {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = sources[at];
    if (found !== undefined) return found;
  }
  return sources[''] ?? null;
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
