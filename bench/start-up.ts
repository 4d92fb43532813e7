import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtPackage } from './built-package.ts';
import { machine, table, takingTurns } from './measure.ts';
import { inSandbox, type Sandbox } from './sandbox.ts';

const ROUNDS = 9;
const CHECKOUT_BIN = fileURLToPath(new URL('../bin/rollcall.js', import.meta.url));
/** A Node of the system beside the one that runs this; too old for Rollcall, it hands over to the checkout's own. */
const SYSTEM_NODE = '/usr/bin/node';

/** What a call costs before it does anything: whole processes, by verb and by how Rollcall is installed. Markdown. */
export async function startUpTable(): Promise<string> {
  const rows = await inSandbox(async (sandbox) => {
    const bin = builtPackage(sandbox.folder);
    const file = fleetFile(sandbox);
    const measured: string[][] = [];
    for (const verb of ['version', 'validate', 'plan']) measured.push(await row(sandbox, bin, file, verb));
    return measured;
  });
  const head = [
    'verb',
    'bare `node -e 0`',
    'as installed',
    'from a checkout',
    'from a checkout, by an older Node',
  ];
  return [`Median of ${String(ROUNDS)} rounds, milliseconds. ${machine()}.`, '', table(head, rows)].join(
    '\n',
  );
}

async function row(sandbox: Sandbox, bin: string, file: string, verb: string): Promise<string[]> {
  const call = (node: string, args: readonly string[]) => () => took(sandbox, node, args);
  const own = process.execPath;
  const older = existsSync(SYSTEM_NODE) ? SYSTEM_NODE : null;
  const ms = await takingTurns(ROUNDS, {
    bare: call(own, ['-e', '0']),
    installed: call(own, [bin, '-f', file, verb]),
    checkout: call(own, [CHECKOUT_BIN, '-f', file, verb]),
    handedOver: older === null ? () => Number.NaN : call(older, [CHECKOUT_BIN, '-f', file, verb]),
  });
  return [
    `\`${verb}\``,
    ...[ms.bare, ms.installed, ms.checkout, ms.handedOver].map((each) => each.toFixed(0)),
  ];
}

function took({ env, folder }: Sandbox, program: string, args: readonly string[]): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(program, args, { env, cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return performance.now() - begun;
}

function fleetFile({ folder, socket }: Sandbox): string {
  const file = join(folder, 'start-up.yaml');
  writeFileSync(
    file,
    `apiVersion: rollcall/v1\nkind: Fleet\nname: bench\ntmux: { socket: ${socket} }\npools: { auto: { prefix: auto-, max: 10, cwd: ${folder} } }\n`,
  );
  return file;
}
