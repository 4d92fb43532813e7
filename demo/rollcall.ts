/** `npm run demo -- VERB …`: rollcall on the demo fleet; `npm run demo -- tmux …`: its tmux server. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { demoEnvironment, ROOT, SOCKET_NAME } from './place.ts';

const [verb = 'status', ...rest] = process.argv.slice(2);
const [file, args] =
  verb === 'tmux'
    ? ['tmux', ['-L', SOCKET_NAME, ...rest]]
    : [process.execPath, [join(ROOT, 'bin', 'rollcall.js'), verb, ...rest]];
const { status } = spawnSync(file, args, { stdio: 'inherit', env: demoEnvironment() });
process.exitCode = status ?? 1;
