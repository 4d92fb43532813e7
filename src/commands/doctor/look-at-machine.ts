import { userInfo } from 'node:os';
import { askProgram } from '../../host/doctor/ask-program.ts';
import { cgroupText } from '../../host/doctor/path-facts.ts';
import { findProgram } from '../../host/find-program.ts';
import { processReader } from '../../host/processes.ts';
import type { Io } from '../io.ts';
import type { MachineFacts } from './machine.ts';

/** Looks at the machine; runs `tmux -V`, and `loginctl show-user` where there is a user manager. */
export async function lookAtMachine({ env }: Pick<Io, 'env'>): Promise<MachineFacts> {
  const path = env['PATH'] ?? '';
  const tmux = findProgram('tmux', path);
  const underUserManager = /\/user@\d+\.service\//.test(`${cgroupText(process.pid) ?? ''}/`);
  return {
    node: process.versions.node,
    procReadable: (await processReader.list()) !== null,
    locale: [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((each) => (each ?? '') !== '') ?? '',
    linger: underUserManager ? await linger(path) : null,
    underUserManager,
    tmux,
    tmuxVersion: tmux === null ? null : await tmuxVersion(tmux, path),
  };
}

async function tmuxVersion(tmux: string, path: string): Promise<string | null> {
  const answer = await askProgram(tmux, ['-V'], { PATH: path });
  return answer.type === 'said' ? (/^tmux (\S+)\n?$/.exec(answer.text)?.[1] ?? null) : null;
}

async function linger(path: string): Promise<boolean | null> {
  const loginctl = findProgram('loginctl', path);
  if (loginctl === null) return null;
  const args = ['show-user', String(userInfo().uid), '--property=Linger', '--value'];
  const answer = await askProgram(loginctl, args, { PATH: path });
  const said = answer.type === 'said' ? answer.text.trim() : '';
  return said === 'yes' ? true : said === 'no' ? false : null;
}
