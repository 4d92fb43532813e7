import { readdirSync, readFileSync } from 'node:fs';

/** A live process on a machine of a test's own. */
export interface LiveProcess {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** All live processes whose home is that of the test's machine: the agents, the loop, and what they started. */
export function liveOn(home: string): readonly LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return [];
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(`HOME=${home}`)) return [];
        const argv = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
        return [{ pid: Number(name), argv }];
      } catch {
        // It has ended.
        return [];
      }
    });
}

/** Ends all of them at once; what they start meanwhile, too. */
export function killOn(home: string): void {
  for (let round = 0; round < 3; round += 1) {
    for (const { pid } of liveOn(home)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    }
  }
}
