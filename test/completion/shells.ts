import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../docs/pages.ts';
import { type Rig, openRig } from '../cli/rig.ts';
import type { Shell } from '../../src/report/completion/command-line.ts';

/** Shells of this machine; a test in one that is missing is skipped. */
export function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'true'], { stdio: 'ignore' }).status === 0;
}

/** A fleet of the test's own, `rollcall` on the PATH of its shells, and the three scripts on disk. */
export interface Desk {
  readonly rig: Rig;
  readonly env: Readonly<Record<string, string>>;
  /** Path of the script for that shell. */
  readonly script: (shell: Shell) => string;
  /** What `script` prints, run by that shell without startup files, in the home. */
  readonly sh: (shell: Shell, script: string) => string;
  /** What the shell offers at the end of `line`, unordered; bash and fish only. */
  readonly offers: (shell: 'bash' | 'fish', line: string) => readonly string[];
}

export function openDesk(): Desk {
  const rig = openRig();
  const bin = join(rig.home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(ROOT, 'bin', 'rollcall.js'), join(bin, 'rollcall'));
  const env = {
    ...rig.env,
    PATH: `${bin}:${dirname(process.execPath)}:${rig.env['PATH'] ?? ''}`,
    XDG_CONFIG_HOME: join(rig.home, 'config'),
    XDG_DATA_HOME: join(rig.home, 'data'),
    TERM: 'xterm',
    // Nothing is written when a shell ends.
    HISTFILE: '/dev/null',
    fish_history: '',
  };
  for (const shell of ['bash', 'zsh', 'fish']) {
    const script = execFileSync(join(bin, 'rollcall'), ['completion', shell], { env, encoding: 'utf8' });
    writeFileSync(join(rig.home, `rollcall.${shell}`), script);
  }
  const script = (shell: Shell): string => join(rig.home, `rollcall.${shell}`);
  const sh = (shell: Shell, text: string): string =>
    execFileSync(shell, [...BARE[shell], '-c', text], { cwd: rig.home, env, encoding: 'utf8' });
  return {
    rig,
    env,
    script,
    sh,
    offers: (shell, line) =>
      sh(shell, OFFERS[shell](script(shell), line))
        .split('\n')
        .filter((each) => each !== ''),
  };
}

/** Without anybody's startup files. */
export const BARE: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--noprofile', '--norc'],
  zsh: ['-f'],
  fish: ['--no-config'],
};

const OFFERS = {
  // As readline calls it: words split at spaces and at `=`.
  bash: (script: string, line: string): string => {
    const words = line.split(/ +|(?==)|(?<==)/).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    return [
      `source ${script}`,
      `COMP_WORDS=(${words.join(' ')})`,
      `COMP_CWORD=${String(words.length - 1)}`,
      '_rollcall',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n');
  },
  fish: (script: string, line: string): string =>
    `source ${script}; complete -C '${line.replaceAll("'", "\\'")}' | string replace -r '\\t.*' ''; true`,
};
