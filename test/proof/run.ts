import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIGURES, type Part, PARTS } from './parts.ts';

/*
 * `npm run proof [-- NAME ...] [-- --write]`: runs every part, or those named, one after the other, and prints one
 * table of figures; with --write the table also takes the place of the one in docs/proof.md. Ends with 1 where a part
 * failed.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = join(ROOT, 'docs/proof.md');
const BEGIN = '<!-- proof -->\n';
const END = '<!-- end of proof -->';

/** How a part went. */
interface Done {
  readonly part: Part;
  readonly passed: boolean;
  readonly seconds: number;
  readonly figures: readonly string[];
}

const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== '--write');
const unknown = names.filter((name) => PARTS.every((part) => part.name !== name));
if (unknown.length > 0) {
  const known = PARTS.map(({ name }) => name).join(', ');
  throw new Error(`there is no part ${unknown.join(', ')}; there are: ${known}`);
}

const done: Done[] = [];
for (const part of PARTS)
  if (names.length === 0 || names.includes(part.name)) done.push(await carryOut(part));
const table = tableOf(done);
process.stdout.write(`\n${table}\n`);
if (args.includes('--write')) writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), table));
process.exitCode = done.every(({ passed }) => passed) ? 0 : 1;

async function carryOut(part: Part): Promise<Done> {
  const [program = '', ...rest] = part.command;
  process.stdout.write(`\n== ${part.name}: ${part.shows}\n$ ${part.command.join(' ')}\n`);
  const began = performance.now();
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
      NO_COLOR: '1',
      ...part.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    process.stdout.write(text);
  });
  const passed = await new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  return { part, passed, seconds, figures: out.split('\n').flatMap(figuresIn) };
}

/** `{"states":109014,"seed":7}` as `states 109 014, seed 7`. */
function figuresIn(line: string): readonly string[] {
  if (!line.startsWith(FIGURES)) return [];
  const figures: unknown = JSON.parse(line.slice(FIGURES.length));
  if (typeof figures !== 'object' || figures === null) return [];
  return [
    Object.entries(figures)
      .map(([name, value]) => `${name} ${shown(value)}`)
      .join(', '),
  ];
}

function shown(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202f');
}

function tableOf(all: readonly Done[]): string {
  const seconds = all.reduce((sum, each) => sum + each.seconds, 0);
  return [
    '| part | shows | result | seconds | figures |',
    '| --- | --- | --- | --- | --- |',
    ...all.map(
      ({ part, passed, seconds, figures }) =>
        `| ${part.name} | ${part.shows} | ${passed ? 'passed' : 'FAILED'} | ${String(seconds)} | ${figures.join('<br>')} |`,
    ),
    `| all | | ${all.every(({ passed }) => passed) ? 'passed' : 'FAILED'} | ${String(seconds)} | |`,
  ].join('\n');
}

function withTable(page: string, table: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END, from);
  if (from < 0 || to < 0)
    throw new Error(`docs/proof.md has no place for the table: ${BEGIN.trim()} … ${END}`);
  return `${page.slice(0, from + BEGIN.length)}${table}\n${page.slice(to)}`;
}
