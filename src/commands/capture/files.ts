import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EXIT } from '../../model/words.ts';
import { type Captured, manifestEntry, screenWord } from '../../report/capture-document.ts';
import type { Io } from '../io.ts';
import { Stop } from '../stop.ts';

/**
 * Writes a capture as the corpus has them: `AGENT/NAME.txt`, `AGENT/NAME.ansi.txt` and a `manifest.json` of one entry,
 * in a folder of its own (left out: a new one below the current). All of them or none; overwrites nothing (5).
 */
export function writeCapture(io: Pick<Io, 'cwd'>, captured: Captured, out: string | null): readonly string[] {
  const stamp = new Date(captured.seenAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const folder = resolve(io.cwd, out ?? `capture-${stamp}`);
  const name = `${captured.agent ?? 'unknown'}/${screenWord(captured)}-${stamp}`;
  const manifest = JSON.stringify([manifestEntry(captured, `${name}.txt`)], null, 1);
  const files = {
    [join(folder, `${name}.txt`)]: `${captured.plain}\n`,
    [join(folder, `${name}.ansi.txt`)]: `${captured.ansi}\n`,
    [join(folder, 'manifest.json')]: `${manifest}\n`,
  };
  const written: string[] = [];
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(file), { recursive: true });
      // Made first, so that a full disk leaves no half of one behind, and what was there before is never taken for ours.
      writeFileSync(file, '', { flag: 'wx' });
      written.push(file);
      writeFileSync(file, text);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    throw refused(error, folder);
  }
  return written;
}

function refused(error: unknown, folder: string): Stop {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EEXIST')
    return new Stop(EXIT.refused, `${folder} has a capture already, and nothing is overwritten`);
  const why = error instanceof Error ? error.message : String(error);
  return new Stop(EXIT.failed, `the capture cannot be written: ${why}`);
}
