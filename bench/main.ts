import { readFileSync, writeFileSync } from 'node:fs';
import { bringUpTable } from './bring-up.ts';
import { lookTable } from './look.ts';
import { planningTable } from './planning.ts';
import { startUpTable } from './start-up.ts';

/*
 * `npm run bench [-- NAME ...] [-- --write]`: prints the tables as Markdown; with --write it puts them where
 * docs/performance.md has them. About four minutes for all; only one at a time, on a machine that does nothing else.
 */

const PAGE = new URL('../docs/performance.md', import.meta.url);
const TABLES: Readonly<Record<string, () => Promise<string>>> = {
  look: lookTable,
  'bring-up': bringUpTable,
  planning: planningTable,
  'start-up': startUpTable,
};

const args = process.argv.slice(2);
const wanted = args.filter((arg) => arg !== '--write');
const unknown = wanted.filter((name) => !(name in TABLES));
if (unknown.length > 0)
  throw new Error(`there is no table ${unknown.join(', ')}: ${Object.keys(TABLES).join(', ')}`);

for (const [name, make] of Object.entries(TABLES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const text = await make();
  process.stdout.write(`${text}\n\n`);
  if (args.includes('--write')) writeFileSync(PAGE, replaced(readFileSync(PAGE, 'utf8'), name, text));
}

/** The page with what stands between the two marks of `name` replaced. */
function replaced(page: string, name: string, text: string): string {
  const begin = `<!-- bench ${name} -->\n`;
  const end = `<!-- end of ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0)
    throw new Error(`docs/performance.md has no place for ${name}: ${begin.trim()} … ${end}`);
  return `${page.slice(0, from + begin.length)}${text}\n${page.slice(to)}`;
}
