import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');

/** What each layer may import: of ours, and of packages. `node:*` is spelled out; `type` imports count like others. */
const LAYERS: Readonly<
  Record<string, { readonly ours: readonly string[]; readonly packages: readonly string[] }>
> = {
  model: { ours: [], packages: [] },
  desired: { ours: ['model'], packages: ['yaml', 'zod', 'node:crypto', 'node:path'] },
  agents: {
    ours: ['model'],
    packages: ['yaml', 'zod', 'temporal-polyfill', 'node:fs', 'node:path', 'node:url'],
  },
  queue: { ours: ['model'], packages: ['yaml', 'zod', 'node:path'] },
  plan: { ours: ['model'], packages: ['fast-json-patch', 'node:path'] },
  report: { ours: ['model'], packages: ['node:util', 'node:path'] },
  host: { ours: ['model'], packages: ['node:*'] },
  observe: { ours: ['model', 'agents', 'queue'], packages: ['zod', 'node:crypto', 'node:path'] },
  apply: { ours: ['model'], packages: [] },
  notify: { ours: ['model'], packages: ['node:*'] },
  launcher: { ours: [], packages: ['node:*'] },
  loop: {
    ours: [
      'model',
      'desired',
      'agents',
      'queue',
      'plan',
      'host',
      'observe',
      'apply',
      'notify',
      'launcher',
      'report',
    ],
    packages: ['chokidar', 'pino', 'node:*'],
  },
  commands: { ours: ['*'], packages: ['*'] },
  cli: { ours: ['*'], packages: ['*'] },
};

/** Packages that one place knows, so that it alone changes with them. */
const ONE_PLACE: Readonly<Record<string, string>> = {
  'fast-json-patch': 'plan/diff.ts',
  chokidar: 'loop/watch.ts',
  'temporal-polyfill': 'agents/temporal.ts',
  commander: 'cli/',
};

interface Import {
  readonly file: string;
  readonly layer: string;
  readonly from: string;
}

function imports(): readonly Import[] {
  return globSync('**/*.ts', { cwd: SRC }).flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    const found = text.matchAll(
      /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
    );
    return [...found].map((match) => ({
      file,
      layer: file.split('/')[0] ?? '',
      from: match[1] ?? match[2] ?? '',
    }));
  });
}

function allowed(list: readonly string[], name: string): boolean {
  return list.some(
    (each) => each === '*' || each === name || (each === 'node:*' && name.startsWith('node:')),
  );
}

describe('the layer table', () => {
  it('sees the imports at all', () => {
    expect(imports().length).toBeGreaterThan(200);
  });

  it('has every folder of src', () => {
    const folders = new Set(imports().map(({ layer }) => layer));
    expect([...folders].filter((layer) => !(layer in LAYERS) && !layer.endsWith('.ts'))).toEqual([]);
  });

  it('is kept by every import of ours', () => {
    const broken = imports().flatMap(({ file, layer, from }) => {
      if (!from.startsWith('.') || layer.endsWith('.ts')) return [];
      const target = relative(SRC, normalize(join(SRC, dirname(file), from))).split('/')[0] ?? '';
      return target === layer || allowed(LAYERS[layer]?.ours ?? [], target) ? [] : [`${file} -> ${from}`];
    });
    expect(broken).toEqual([]);
  });

  it('is kept by every import of a package', () => {
    const broken = imports().flatMap(({ file, layer, from }) => {
      if (from.startsWith('.') || layer.endsWith('.ts')) return [];
      const name = from.startsWith('node:') ? (from.split('/')[0] ?? '') : from;
      return allowed(LAYERS[layer]?.packages ?? [], name) ? [] : [`${file} -> ${from}`];
    });
    expect(broken).toEqual([]);
  });

  it('gives some packages one importing file', () => {
    const broken = imports().filter(
      ({ file, from }) => ONE_PLACE[from] !== undefined && !file.startsWith(ONE_PLACE[from]),
    );
    expect(broken).toEqual([]);
  });

  it('keeps clocks, chance and the process out of plan/', () => {
    const impure = /\b(Date\.now|new Date\(\)|Math\.random|performance\.|process\.|setTimeout|await |async )/;
    const found = globSync('plan/**/*.ts', { cwd: SRC }).filter((file) =>
      impure.test(readFileSync(join(SRC, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')),
    );
    expect(found).toEqual([]);
  });
});
