import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentKit } from './kit.ts';

/** Claude Code with a subscription: each home has a login of its own, by which the service knows it. */
export function claudeKit(bin: string): AgentKit {
  return {
    agent: 'claude',
    bin,
    home: (account) => `.claude-${account}`,
    link: '.claude',
    entries: ['projects'],
    // What a person allows once for all: the report of the task.
    args: ['--permission-mode', 'default', '--allowedTools', 'Bash(rollcall task:*)'],
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      IS_SANDBOX: '1',
    }),
    prepare: (home, account) => {
      const login = {
        accessToken: keyOf(account),
        refreshToken: `refresh-${account}`,
        // Far away: nothing is refreshed by itself.
        expiresAt: Date.UTC(2100, 0),
        scopes: ['user:inference', 'user:profile'],
        subscriptionType: 'max',
      };
      writeFileSync(join(home, '.credentials.json'), JSON.stringify({ claudeAiOauth: login }), {
        mode: 0o600,
      });
    },
  };
}

/** What the service sees of an account's login. */
export function keyOf(account: string): string {
  return `token-${account}`;
}
