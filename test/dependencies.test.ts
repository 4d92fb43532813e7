import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const versions = z.record(z.string(), z.string()).default({});
const manifest = z
  .object({ dependencies: versions, devDependencies: versions })
  .parse(parsed('package.json'));
const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        license: z.string().optional(),
        dev: z.boolean().default(false),
        resolved: z.string().optional(),
        optionalDependencies: versions,
      }),
    ),
  })
  .parse(parsed('package-lock.json'));

function parsed(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}

describe('the dependencies', () => {
  test('are pinned to one version each', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('carry a permissive licence where they run with Rollcall', () => {
    const permissive = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];
    const running = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
    expect(running.length).toBeGreaterThan(5);
    expect(running.filter(([, { license }]) => !permissive.includes(license ?? ''))).toEqual([]);
  });

  /*
   * npm leaves out of the lock what its registry did not offer when the lock was made, and then `npm ci` refuses the
   * lock. Such an entry can be written by hand: version, os, cpu, libc, optional.
   */
  test('are all in the lock file, those of other platforms too: `npm ci` needs them', () => {
    const named = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });

  test('come from whatever registry npm is set to, not from one the lock file names', () => {
    const hosts = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(hosts).toEqual([]);
  });
});
