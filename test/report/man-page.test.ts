import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { commandLine } from '../../src/cli/command-line.ts';
import { GROUPS, VERBS } from '../../src/cli/verbs.ts';
import { EXIT } from '../../src/model/words.ts';
import { manPage } from '../../src/report/man-page.ts';

const FILE = new URL('../../man/rollcall.1', import.meta.url).pathname;
const LINE = commandLine(VERBS, GROUPS);
const PAGE = manPage(LINE, packageJson.version);
const HAS_GROFF = spawnSync('groff', ['--version']).status === 0;
const HAS_MAN = HAS_GROFF && spawnSync('man', ['--version']).status === 0;

describe('man/rollcall.1', () => {
  test('is as `npm run man` would write it', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(PAGE);
  });

  test('is ASCII, and says nothing of a hidden verb', () => {
    expect(PAGE).toMatch(/^[\n\x20-\x7e]*$/);
    expect(PAGE.replaceAll('\\', '')).not.toContain('complete-names');
  });

  // Both come with Debian's man-db; a machine without them has no pages to read either.
  test.skipIf(!HAS_GROFF)('has no fault that groff warns of', () => {
    const ran = spawnSync('groff', ['-man', '-ww', '-z', '-Tutf8', FILE], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test.skipIf(!HAS_MAN)('shows every verb, flag, value and exit code as typed', () => {
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', MANWIDTH: '300', MANPAGER: 'cat' };
    const ran = spawnSync('man', ['--warnings', '-E', 'ascii', '-l', FILE], { encoding: 'utf8', env });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    const shown = ran.stdout;
    for (const { name, flags } of LINE.verbs) {
      expect(shown).toMatch(new RegExp(`^ *rollcall ${name}\\b`, 'm'));
      for (const { names } of flags) expect(shown).toContain(names.join(', '));
    }
    for (const code of Object.values(EXIT)) expect(shown).toMatch(new RegExp(`^ {7}${String(code)} `, 'm'));
    expect(shown).toContain('eval "$(rollcall env)"');
  });
});

describe('text in the page', () => {
  test('is shown as it is, whatever roff would make of it', () => {
    const summary = '.so /etc/passwd \\fB `a` ~ - \'b\' "c" \u2026';
    const page = manPage({ ...LINE, verbs: [{ name: 'x', summary, args: [], flags: [] }] }, '1.0');
    expect(page).toContain('\n\\&.so /etc/passwd \\efB \\(gaa\\(ga \\(ti \\- \'b\' "c" ...');
  });
});
