/** `did you mean "sessions"?`, or null where nothing declared is close. */
export function didYouMean(wrong: string, known: readonly string[]): string | null {
  const best = closest(wrong, known);
  return best === null ? null : `did you mean "${best}"?`;
}

/** The known word nearest to `wrong`, or null where none is near: at most a third of its letters differ. */
export function closest(wrong: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(Math.min(wrong.length, LONGEST) / 3)) + 1;
  for (const word of known.slice(0, MOST)) {
    if (Math.abs(word.length - wrong.length) >= bestDistance || word.length > LONGEST) continue;
    const distance = word.toLowerCase() === wrong.toLowerCase() ? 0 : editDistance(wrong, word);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

// A hostile file must not make helpfulness expensive.
const LONGEST = 64;
const MOST = 300;

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (older[column - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    older = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
