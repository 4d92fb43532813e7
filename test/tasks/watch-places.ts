import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Watched } from './watcher.ts';

const WATCHER = fileURLToPath(new URL('watcher.ts', import.meta.url));

/** Another process that looks at the folders of an inbox at every moment from now until `end`. */
export async function watchPlaces(inbox: string): Promise<{ end(): Promise<Watched> }> {
  const child = spawn(process.execPath, [WATCHER, inbox], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  const watching = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.startsWith('watching\n')) resolve();
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  await Promise.race([watching, ended]);
  return {
    end: async () => {
      child.stdin.end('over\n');
      await ended;
      return JSON.parse(out.slice(out.indexOf('\n') + 1));
    },
  };
}
