import { readConversation, registryPath } from '../../agents/registry.ts';
import type { HostReader } from '../../model/host.ts';
import { versionOf } from '../agent-version.ts';
import type { Io } from '../io.ts';
import type { Around } from './around.ts';
import type { Chosen } from './pane.ts';

/** What else is known of the agent in a pane. */
export interface KnownAgent {
  readonly version: string | null;
  /** Absolute; null: it has none, or it cannot be told. */
  readonly home: string | null;
  readonly folders: readonly string[];
  readonly environments: readonly Readonly<Record<string, string>>[];
  readonly conversation: string | null;
}

const REGISTRY_BYTES = 64 * 1024;

/** By its process and its own registry; the program is asked for its version where those do not tell. */
export async function knownAgent({
  host,
  io,
  around,
  chosen,
}: {
  readonly host: Pick<HostReader, 'processes' | 'files'>;
  readonly io: Pick<Io, 'env'>;
  readonly around: Around;
  readonly chosen: Chosen;
}): Promise<KnownAgent> {
  const { agent, process } = chosen;
  const profile = agent === null ? undefined : around.profiles[agent];
  if (profile === undefined || process === null)
    return { version: null, home: null, folders: [], environments: [], conversation: null };
  const env = await host.processes.environmentOf(process.pid);
  const home = profile.home === null ? null : (env?.[profile.home.env] ?? null);
  const path = home === null ? null : registryPath(profile, home, process.pid);
  const text = path === null ? null : await host.files.text(path, REGISTRY_BYTES);
  const registry = text?.type === 'ok' ? text.value : null;
  const who = { pid: process.pid, start: process.details.start };
  return {
    version: written(registry) ?? (await versionOf(profile, env?.['PATH'] ?? io.env['PATH'] ?? '')),
    home,
    folders: [process.details.cwd],
    environments: env === null ? [] : [env],
    conversation: registry === null ? null : readConversation(profile, registry, who),
  };
}

/** Claude Code writes its version into its registry. */
function written(registry: string | null): string | null {
  return /"version"\s*:\s*"(\d[\w.+-]{0,40})"/.exec(registry ?? '')?.[1] ?? null;
}
