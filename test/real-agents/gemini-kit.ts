import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentKit } from './kit.ts';

/** Gemini CLI with an API key in each home, by which the service knows it. */
export function geminiKit(bin: string): AgentKit {
  return {
    agent: 'gemini',
    bin,
    // It makes its home in the folder that its variable names, and calls it so.
    home: (account) => `gemini-${account}/.gemini`,
    link: '.gemini',
    entries: ['tmp'],
    // A model that is named is one that it does not ask the service to choose.
    args: ['-m', 'gemini-2.5-flash'],
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url }),
    prepare: (home, account) => {
      writeFileSync(join(home, '.env'), `GEMINI_API_KEY=${keyOf(account)}\n`, { mode: 0o600 });
      writeFileSync(join(home, 'settings.json'), JSON.stringify(SETTINGS), { mode: 0o600 });
      mkdirSync(join(home, 'policies'));
      writeFileSync(join(home, 'policies/rollcall.toml'), POLICY);
    },
  };
}

/** What the service sees of an account's login. */
export function keyOf(account: string): string {
  return `key-${account}`;
}

const SETTINGS = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  // Ten times, with pauses of up to half a minute, are for patient people.
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false, maxAttempts: 2 },
  privacy: { usageStatisticsEnabled: false },
};

/** What a person allows once for all: the report of the task. */
const POLICY = `[[rule]]
toolName = "run_shell_command"
commandPrefix = ["rollcall task", "pwd"]
decision = "allow"
priority = 100
`;
