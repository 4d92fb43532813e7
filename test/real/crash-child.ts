import { dirname } from 'node:path';
import type { HostWriter } from '../../src/model/host.ts';
import { product } from './product.ts';

/**
 * A child of crash.test.ts: `crash-child FILE K WHEN` converges the fleet of FILE and ends itself by SIGKILL at the
 * K-th effect (from 1): `before` it, `during` it (asked for, not waited for) or `after` it. Past the last effect it
 * converges, prints how many there were, and ends with 0.
 */
const [, , file = '', count = '', when = ''] = process.argv;
const fatal = Number(count);
let effects = 0;

/** Counts every call that changes the world, and dies at the one asked for. */
async function mortally<R>(effect: () => Promise<R>): Promise<R> {
  effects += 1;
  if (effects !== fatal) return await effect();
  if (when === 'before') die();
  const asked = effect();
  if (when === 'during') setTimeout(die, 1);
  const answer = await asked;
  die();
  return answer;
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function mortalHost(host: HostWriter): HostWriter {
  const { tmux, files } = host;
  return {
    ...host,
    tmux: {
      ...tmux,
      act: (guard, commands) => mortally(() => tmux.act(guard, commands)),
      actOnNewServer: (commands) => mortally(() => tmux.actOnNewServer(commands)),
    },
    files: {
      ...files,
      makeDirectory: (path) => mortally(() => files.makeDirectory(path)),
      makeLink: (path, to) => mortally(() => files.makeLink(path, to)),
      replaceLink: (path, from, to) => mortally(() => files.replaceLink(path, from, to)),
    },
  };
}

const report = await product(file, dirname(file), process.env).converge({
  wrap: mortalHost,
  massRemovalConfirmed: true,
});
process.stdout.write(`${JSON.stringify({ effects, outcome: report.outcome })}\n`);
