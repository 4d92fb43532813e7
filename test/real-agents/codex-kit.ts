import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentKit } from './kit.ts';

/** Codex with a service of somebody's own: each home has a login of its own, by which the service knows it. */
export function codexKit(bin: string): AgentKit {
  return {
    agent: 'codex',
    bin,
    home: (account) => `.codex-${account}`,
    link: '.codex',
    entries: ['sessions'],
    // Its own sandbox lets no command report a task: what it may write is the folder it works in.
    args: ['--sandbox', 'danger-full-access'],
    env: () => ({ RUST_LOG: 'error' }),
    prepare: (home, account, url) => {
      writeFileSync(join(home, 'config.toml'), configOf(url, keyOf(account)), { mode: 0o600 });
    },
  };
}

/** What the service sees of an account's login. */
export function keyOf(account: string): string {
  return `token-${account}`;
}

function configOf(url: string, key: string): string {
  return `model = "gpt-5.2-codex"
model_provider = "stub"

[model_providers.stub]
name = "Stub"
base_url = "${url}/v1"
wire_api = "responses"
experimental_bearer_token = "${key}"

[otel]
exporter = "none"
`;
}
