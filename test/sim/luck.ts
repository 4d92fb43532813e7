/** Draws a whole number below `sides`; 0 is the course of things when nothing goes wrong. */
export type Luck = (sides: number) => number;

/** Nothing goes wrong. */
export const KIND: Luck = () => 0;

/** The same numbers for the same seed (mulberry32). */
export function luckFrom(seed: number): Luck {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * sides);
  };
}
