import { join } from 'node:path';
import { openReader } from '../host/host.ts';
import type { DesiredState } from '../model/desired.ts';
import { EXIT } from '../model/words.ts';
import { API_VERSION } from '../report/json.ts';
import { safeText } from '../report/safe-text.ts';
import { unitCommands, unitFiles, unitNames, type UnitScope } from '../report/units.ts';
import { type Context, flagOption, type Invocation, print, say } from './context.ts';
import { loadFleet, warn } from './load-fleet.ts';
import { Stop } from './stop.ts';
import { configFolder, unitFacts } from './unit-facts.ts';
import { installUnits, type PlacedUnit } from './unit-files.ts';
import { sealed } from './unit-seal.ts';
import type { Verb } from './verb.ts';

/**
 * `unit`: two systemd units, one for the fleet's tmux server and one for the loop; prints them, or with `--install`
 * writes them. Says which commands put them to work, and runs none.
 */
export const run: Verb = async (context, invocation) => {
  const scope = scopeOf(invocation);
  const { desired, warnings } = await loadFleet(context);
  warn(context, warnings);
  const facts = unitFacts(context.io, desired, scope);
  const folder =
    scope === 'system' ? '/etc/systemd/system' : join(configFolder(context.io.env), 'systemd/user');
  const units = unitFiles(facts).map(({ name, text }) => ({ path: join(folder, name), text: sealed(text) }));
  const commands = unitCommands(facts);
  if (flagOption(invocation, 'install')) install(context, units, commands);
  else printUnits(context, units, commands);
  await tellOfServer(context, desired);
  say(context, `\nNext${flagOption(invocation, 'install') ? '' : ', once they are installed'}:\n`);
  for (const command of commands) say(context, `    ${command}`);
  say(context, `\n${lastWords(facts)}`);
  return EXIT.done;
};

function scopeOf(invocation: Invocation): UnitScope {
  const system = flagOption(invocation, 'system');
  if (system && flagOption(invocation, 'user')) throw new Stop(EXIT.usage, '--user or --system: one of them');
  return system ? 'system' : 'user';
}

function printUnits(context: Context, units: readonly PlacedUnit[], commands: readonly string[]): void {
  print(
    context,
    () => ({ apiVersion: API_VERSION, kind: 'Units', units, commands }),
    () => units.map(({ path, text }) => `# ${safeText(path)}\n${text}`).join('\n'),
  );
}

function install(context: Context, units: readonly PlacedUnit[], commands: readonly string[]): void {
  const installed = installUnits(units);
  print(
    context,
    () => ({ apiVersion: API_VERSION, kind: 'Units', units: installed, commands }),
    () => '',
  );
  for (const { path, result } of installed) say(context, `${result} ${path}`);
}

/** The one thing about the machine that changes what the units do. */
async function tellOfServer(context: Context, desired: DesiredState): Promise<void> {
  const { tmux } = openReader({ socket: desired.tmux.socket, env: context.io.env });
  const answer = await tmux.list();
  if (answer.type === 'no-server') return;
  const which = answer.type === 'ok' ? ` (pid ${String(answer.value.incarnation.pid)})` : '';
  say(
    context,
    `\nA tmux server runs at ${safeText(tmux.socket)} already${which}. Its sessions go on: as long as it lives, ${unitNames(desired.name).tmux} is\nskipped, and the loop uses that server. After its end, say at the next boot, the unit starts the server.`,
  );
}

function lastWords({ fleet, scope }: { readonly fleet: string; readonly scope: UnitScope }): string {
  const { tmux, loop } = unitNames(fleet);
  const systemctl = scope === 'system' ? 'systemctl' : 'systemctl --user';
  return `\`${systemctl} restart ${loop}\` touches no session. \`${systemctl} stop ${loop} ${tmux}\` ends them all.`;
}
