import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Lays out in `folder` what an installed package is, without touching the checkout: built JavaScript, the launcher,
 * and the checkout's packages. Gives the path of the launcher.
 */
export function builtPackage(folder: string): string {
  const home = join(folder, 'package');
  const dist = join(home, 'dist');
  mkdirSync(home);
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', dist], {
    // The tables are on stdout.
    stdio: ['ignore', 2, 2],
  });
  const data = globSync('**/*.{yaml,json}', { cwd: join(ROOT, 'src') });
  for (const file of data) cpSync(join(ROOT, 'src', file), join(dist, file));
  for (const name of ['bin', 'package.json']) cpSync(join(ROOT, name), join(home, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  return join(home, 'bin', 'rollcall.js');
}
