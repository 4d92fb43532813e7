/**
 * `npm run record`: plays the commands of demo/recording.ts in a real tmux pane, on a fleet of its own in a temporary
 * home, and writes what was seen to docs/demo/: an asciicast (version 2) and an animated SVG for the README. What is
 * typed and when is fixed; only what Rollcall itself measures differs from one recording to the next.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STEPS } from '../demo/recording.ts';
import { cast } from './record/cast.ts';
import { openStage } from './record/stage.ts';
import { svg } from './record/svg.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OUT = join(ROOT, 'docs/demo');
const SIZE = { columns: 100, rows: 28 };

const stage = openStage(ROOT, SIZE);
try {
  const played = [];
  for (const step of STEPS) played.push(await stage.play(step));
  mkdirSync(OUT, { recursive: true });
  writeFileSync(join(OUT, 'rollcall.cast'), cast(played, SIZE));
  writeFileSync(join(OUT, 'rollcall.svg'), svg(played, SIZE));
} finally {
  stage.close();
}
process.stdout.write('wrote docs/demo/rollcall.cast and docs/demo/rollcall.svg\n');
