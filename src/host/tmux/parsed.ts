/** What was printed, understood; or why not. Half an answer is none. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly text: string };

/** Why it is not understood. */
export function odd(text: string): { readonly ok: false; readonly text: string } {
  return { ok: false, text: `tmux printed what we do not understand: ${text}` };
}

/** A group of a match; empty where it took no part. */
export function group(match: RegExpExecArray, index: number): string {
  return match[index] ?? '';
}
