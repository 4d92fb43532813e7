import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { GROUPS, VERBS } from '../../src/cli/verbs.ts';
import { CHECK_IDS } from '../../src/model/doctor.ts';
import { EVENT_TYPES } from '../../src/model/event.ts';
import { STAMP } from '../../src/model/stamp.ts';
import { REJECT_REASONS, TASK_REASONS } from '../../src/model/task.ts';
import { APPLY_OUTCOMES, STEP_OUTCOMES } from '../../src/model/step.ts';
import * as words from '../../src/model/words.ts';
import {
  anchor,
  code,
  firstCells,
  headings,
  pages,
  projectFiles,
  prose,
  rows,
  section,
  textOf,
} from './pages.ts';

/** Those that people call. */
const SHOWN = VERBS.filter(({ hidden }) => hidden !== true);

describe('docs/concepts.md', () => {
  test.each([
    ['Kinds', words.KINDS],
    ['Stamps', Object.values(STAMP)],
    ['Phases', words.PHASES],
    ['Session states', words.SESSION_STATES],
    ['Actions', words.ACTION_TYPES],
    ['Reasons', words.REASONS],
    ['Reasons to withhold', words.WITHHELD_REASONS],
    ['Diagnostic codes', words.DIAGNOSTIC_CODES],
    ['Why a task ended', TASK_REASONS],
    ['Why a file was rejected', REJECT_REASONS],
    ['Outcomes', [...STEP_OUTCOMES, ...APPLY_OUTCOMES]],
    ['Events', EVENT_TYPES],
    ['Checks', CHECK_IDS],
  ])('has exactly the words of the code under %s', (heading, list) => {
    expect(firstCells('docs/concepts.md', heading)).toEqual(list);
  });
});

describe('docs/commands.md', () => {
  test('has a section for each verb, in the order of help', () => {
    expect(headings('docs/commands.md', 2)).toEqual(SHOWN.map(({ name }) => name));
  });

  test.each(SHOWN.map((verb) => [verb.name, verb] as const))(
    'says how to call %s, and what each flag does',
    (name, { options }) => {
      const text = section('docs/commands.md', name);
      const usage = /^`(rollcall [^`]+)`$/m.exec(text)?.[1] ?? '';
      expect(`${usage} `).toMatch(new RegExp(`^rollcall ${name} `));
      expect(usage.match(/--[a-z-]+/g) ?? []).toEqual(options.map(({ flags }) => longOf(flags)));
      expect(firstCells('docs/commands.md', name)).toEqual(options.map(({ flags }) => flags));
      expect(text).toContain(`$ rollcall ${name}`);
    },
  );
});

describe('every page', () => {
  test('there is, is looked at', () => {
    expect(pages()).toEqual(
      expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']),
    );
    expect(pages().filter((page) => page.startsWith('docs/')).length).toBeGreaterThan(4);
  });

  test.each(pages())('%s names only verbs and flags that exist', (page) => {
    const calls = code(textOf(page)).flatMap((text) => [
      ...text.matchAll(/(?<![\w./-])rollcall(?: -[fo] \S+| --color \S+)* ([a-z]+)\b([^`&|;]*)/g),
    ]);
    const wrong = calls.filter(([, name, rest = '']) => {
      const [second = ''] = /^ +[a-z]+/.exec(rest) ?? [];
      const verb = VERBS.find((each) => [name, `${name ?? ''} ${second.trim()}`].includes(each.name));
      const known = verb?.options.map(({ flags }) => longOf(flags)) ?? [];
      const flags = rest.match(/(?<=^|[ [])--[a-z-]+/g) ?? [];
      // The group as a whole may be spoken of: `rollcall task …`.
      if (second === '' && Object.hasOwn(GROUPS, name ?? '')) return flags.length > 0;
      return verb === undefined || flags.some((flag) => !known.includes(flag));
    });
    expect(wrong.map(([call]) => call)).toEqual([]);
  });

  test.each(pages())('%s names only npm scripts that exist, and that run a file that does', (page) => {
    const named = code(textOf(page)).flatMap((text) => [
      ...text.matchAll(/\bnpm (?:run (?:-s )?([a-z:]+)|(start|test))\b/g),
    ]);
    const scripts = Object.entries(packageJson.scripts).flatMap(([name, command]) => {
      const file = /^node (\S+)$/.exec(command)?.[1];
      return file === undefined || isThere(file) ? [name] : [];
    });
    expect(named.map(([, run, own]) => run ?? own).filter((name) => !scripts.includes(name ?? ''))).toEqual(
      [],
    );
  });

  test.each(pages())('%s names only files that are there', (page) => {
    const folders = /^(?:src|test|docs|demo|bench|scripts|examples|bin|\.ci)\/[\w./-]*$/;
    const named = code(prose(textOf(page))).filter((text) => folders.test(text));
    expect(named.filter((file) => !isThere(file))).toEqual([]);
  });

  test.each(pages())('%s links only to what is there', (page) => {
    const links = [...prose(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    const own = links.filter((to) => !/^https?:/.test(to));
    const broken = own.filter((to) => {
      const [path = '', id] = to.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      return !isThere(file) || (id !== undefined && !anchors(file).includes(id));
    });
    expect(broken).toEqual([]);
  });
});

describe('README.md', () => {
  test('has exactly the exit codes of the code', () => {
    const table = rows(section('README.md', 'Exit codes')).map(([exit, name]) => [
      name?.replaceAll('`', ''),
      Number(exit),
    ]);
    expect(table).toEqual(Object.entries(words.EXIT));
  });
});

describe('ARCHITECTURE.md', () => {
  test('has the layer table that is enforced', () => {
    const cell = (list = ''): string => [...list.matchAll(/'([^']+)'/g)].map(([, name]) => name).join(', ');
    const layer = /^ {2}(\w+): \{\s*ours: \[([^\]]*)\],\s*packages: \[([^\]]*)\]/gm;
    const enforced = [...textOf('test/layers.test.ts').matchAll(layer)].map(([, name, ours, packages]) => [
      `\`${name ?? ''}\``,
      cell(ours),
      cell(packages),
    ]);
    expect(enforced.length).toBeGreaterThan(9);
    expect(rows(section('ARCHITECTURE.md', 'Layers')).map((row) => row.slice(0, 3))).toEqual(enforced);
  });
});

/** What git has, or would take: an empty or ignored folder here is not in anybody's checkout. */
function isThere(path: string): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return projectFiles().some((file) => file === path || file.startsWith(folder));
}

function longOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function anchors(file: string): readonly string[] {
  const text = textOf(file);
  const ids = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return [...ids, ...[1, 2, 3].flatMap((level) => headings(file, level).map(anchor))];
}
