import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentKit } from './kit.ts';

/** OpenCode with a service of somebody's own: each home has a login of its own, by which the service knows it. */
export function opencodeKit(bin: string): AgentKit {
  return {
    agent: 'opencode',
    bin,
    home: (account) => `data-${account}`,
    link: '.opencode-active',
    entries: [],
    args: [],
    env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' }),
    prepare: (home, account, url) => {
      mkdirSync(join(home, 'opencode'));
      const login = { stub: { type: 'api', key: keyOf(account) } };
      writeFileSync(join(home, 'opencode/auth.json'), JSON.stringify(login), { mode: 0o600 });
      configure(join(dirname(home), '.config/opencode'), url);
    },
  };
}

/** What the service sees of an account's login. */
export function keyOf(account: string): string {
  return `key-${account}`;
}

function configure(folder: string, url: string): void {
  const models = { one: { name: 'One' }, small: { name: 'Small' } };
  const stub = { npm: '@ai-sdk/openai-compatible', name: 'Stub', options: { baseURL: `${url}/v1` }, models };
  const config = {
    model: 'stub/one',
    small_model: 'stub/small',
    share: 'disabled',
    provider: { stub },
    // What a person allows once for all: the report of the task.
    permission: { bash: { '*': 'ask', 'rollcall task *': 'allow', pwd: 'allow' } },
  };
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'opencode.json'), JSON.stringify(config));
  // Where there is a plugin it waits for a package of its own to be fetched, unless that is known to be there.
  const packages = { '': { dependencies: { '@opencode-ai/plugin': '1.18.33' } } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
}
