/** Where in a written value a finding points: the key, or the value behind it. */
export type Spot = 'key' | 'value';

/** One thing wrong, before it has a place in the text. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** A stable word for scripts: `unknown-key`. */
  readonly code: string;
  /** JSON pointer of what is wrong. */
  readonly path: string;
  readonly spot: Spot;
  /** Offsets in the text, where no pointer leads there (syntax); wins over `path`. */
  readonly range?: readonly [number, number];
  readonly message: string;
  /** What to do. A function where finding it out costs something: asked only for findings that are shown. */
  readonly help: string | null | (() => string | null);
}

/** An error about the value at `path`. */
export function wrongValue(code: string, path: string, message: string, help: Finding['help']): Finding {
  return { severity: 'error', code, path, spot: 'value', message, help };
}

/** An error about the key at the end of `path`. */
export function wrongKey(code: string, path: string, message: string, help: Finding['help']): Finding {
  return { severity: 'error', code, path, spot: 'key', message, help };
}

/** The same finding as a warning: the file stays valid. */
export function asWarning(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}

/** An error at a range of the text. */
export function wrongText(
  code: string,
  range: readonly [number, number],
  message: string,
  help: string | null,
): Finding {
  return { severity: 'error', code, path: '', spot: 'value', range, message, help };
}
