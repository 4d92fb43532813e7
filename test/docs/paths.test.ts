import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFiles, ROOT } from './pages.ts';

// Put together, so that this file does not name them itself.
const FOLDERS = ['work', 'root'].join('|');
/** An absolute path into a folder of somebody's machine; `~/work/x` and `$HOME/work/x` are none. */
const MACHINE = new RegExp(String.raw`(?<![\w~.$}-])/(?:${FOLDERS})/`, 'u');

test('no file of the project names a path of the machine it was written on', () => {
  const found = projectFiles().filter((file) => {
    const path = join(ROOT, file);
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isFile() === true && MACHINE.test(readFileSync(path, 'utf8'));
  });
  expect(found).toEqual([]);
});
