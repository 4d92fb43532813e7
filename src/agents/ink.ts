import type { Ink, Row } from './ansi.ts';

/** Families of colour: themes and terminals differ in the shade, not in the family. */
export const INKS = ['default', 'grey', 'red', 'yellow', 'green', 'blue', 'magenta'] as const;
export type InkFamily = (typeof INKS)[number];

/** The family that most letters and digits of the rows are drawn in, or null where nothing was told. */
export function inkOf(rows: readonly Row[]): InkFamily | null {
  const counts: Partial<Record<InkFamily, number>> = {};
  for (const { text, inks } of rows) {
    inks.forEach((ink, at) => {
      if (!LETTER.test(text.charAt(at))) return;
      const family = familyOf(ink);
      counts[family] = (counts[family] ?? 0) + 1;
    });
  }
  return INKS.filter((family) => counts[family] !== undefined).reduce<InkFamily | null>(
    (most, family) => ((counts[family] ?? 0) > (most === null ? 0 : (counts[most] ?? 0)) ? family : most),
    null,
  );
}

const LETTER = /[\p{L}\p{N}]/u;

/** Hues in degrees at which a family begins. */
const HUES: readonly (readonly [number, InkFamily])[] = [
  [320, 'red'],
  [260, 'magenta'],
  [170, 'blue'],
  [70, 'green'],
  [25, 'yellow'],
  [0, 'red'],
];

function familyOf({ colour }: Ink): InkFamily {
  if (colour === null) return 'default';
  const [red, green, blue] = [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (spread < 40) return 'grey';
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const hue = (sixth * 60 + 360) % 360;
  return HUES.find(([from]) => hue >= from)?.[1] ?? 'red';
}
