/** Writes man/rollcall.1 from the verb table. */
import { mkdirSync, writeFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { commandLine } from '../src/cli/command-line.ts';
import { GROUPS, VERBS } from '../src/cli/verbs.ts';
import { manPage } from '../src/report/man-page.ts';

const folder = new URL('../man/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('rollcall.1', folder), manPage(commandLine(VERBS, GROUPS), packageJson.version));
