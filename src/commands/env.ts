import type { AccountSpec, DesiredState } from '../model/desired.ts';
import type { FileReader } from '../model/host.ts';
import { EXIT } from '../model/words.ts';
import { openReader } from '../host/host.ts';
import { textOption } from './context.ts';
import { homeVariable } from './home-variable.ts';
import { loadFleet } from './load-fleet.ts';
import { shellQuoted } from './shell-quote.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/**
 * `env`: shell lines that put a shell of one's own under the active account, or under a named one. The home is its
 * real path, never the active link: what is started so stays under its account when the link moves on.
 */
export const run: Verb = async (context, invocation) => {
  const { desired } = await loadFleet(context);
  const named = textOption(invocation, 'account');
  const agentNamed = textOption(invocation, 'agent');
  const { files } = openReader({ socket: desired.tmux.socket, env: context.io.env });
  const account = named ?? (await activeAccount(files, desired, agentNamed ?? 'claude'));
  const spec = Object.hasOwn(desired.accounts, account) ? desired.accounts[account] : undefined;
  if (spec === undefined)
    throw new Stop(EXIT.noSuchThing, `there is no account ${account} in fleet ${desired.name}`);
  if (agentNamed !== null && spec.agent !== agentNamed) {
    throw new Stop(EXIT.noSuchThing, `account ${account} is one of ${spec.agent}, not of ${agentNamed}`);
  }
  const home = await realHome(files, account, spec);
  const { name, value } = homeVariable(desired, spec.agent, home);
  context.io.stdout.write(`export ${name}=${shellQuoted(value)}\n`);
  return EXIT.done;
};

/** The account whose home the active link leads to; without a declared link, the first whose home is there. */
async function activeAccount(files: FileReader, desired: DesiredState, agent: string): Promise<string> {
  const spec = desired.activeAccounts[agent];
  if (spec === undefined || spec.prefer.length === 0) {
    throw new Stop(EXIT.noSuchThing, `fleet ${desired.name} has no account of agent ${agent}`);
  }
  const homes = await Promise.all(
    spec.prefer.map(async (name) => [name, await real(files, desired.accounts[name]?.home)] as const),
  );
  const there = spec.link === null ? null : await real(files, spec.link);
  const found = homes.find(([, home]) => home !== null && (spec.link === null || home === there));
  if (found !== undefined) return found[0];
  throw new Stop(
    EXIT.refused,
    spec.link === null
      ? `no account of ${agent} has a home that is there`
      : `${spec.link} leads to no declared account's home; \`rollcall env --account NAME\` names one, \`rollcall why link/${agent}\` says more`,
  );
}

async function realHome(files: FileReader, account: string, { home }: AccountSpec): Promise<string> {
  const path = await real(files, home);
  if (path === null)
    throw new Stop(EXIT.refused, `the home of account ${account}, ${home}, is not a folder that is there`);
  // A shell would take it, but a terminal shows what is printed, and no home is called so by its owner.
  if (/\p{Cc}/u.test(path))
    throw new Stop(EXIT.refused, `the home of account ${account} has a control character in its path`);
  return path;
}

async function real(files: FileReader, path: string | undefined): Promise<string | null> {
  if (path === undefined) return null;
  const state = await files.directory(path);
  return state.type === 'ok' && state.value.type === 'present' ? state.value.real : null;
}
