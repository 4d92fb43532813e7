import { builtinProfile } from '../../src/agents/builtin-profile.ts';
import { type NamedAgent } from '../../src/agents/launch.ts';
import type { LaunchMachine } from '../../src/agents/launch-env.ts';
import type { BuiltinAgent } from '../../src/model/agents.ts';
import type { AgentSpec } from '../../src/model/desired.ts';
import type { LaunchRequest, PromptText } from '../../src/model/task.ts';

/** A built-in agent as the file declares it. */
export function agent(name: BuiltinAgent, spec: Partial<AgentSpec> = {}): NamedAgent {
  const profile = builtinProfile(name);
  return {
    name,
    profile: name === 'generic' ? { ...profile, command: ['worker', '--quiet'] } : profile,
    spec: {
      extends: `builtin:${name}`,
      args: [],
      env: {},
      trust: [],
      models: null,
      overrides: {},
      ...spec,
    },
  };
}

export function request(name: BuiltinAgent, over: Partial<LaunchRequest> = {}): LaunchRequest {
  return {
    agent: name,
    mode: 'start',
    conversation: '0b0f6f0e-3f0a-4a52-9f0c-5d3c1e7a9b11',
    model: 'opus',
    cwd: '/home/ada/my "work".d',
    home: name === 'gemini' ? '/home/ada/main/.gemini' : '/home/ada/.home-main',
    trusted: true,
    delivery: name === 'opencode' ? 'paste' : 'argv',
    inbox: 'secumon',
    id: 'fix-login',
    attempt: 'k3f9a2',
    launch: 1,
    runDir: '/run/user/1000/rollcall/home/runs/k3f9a2',
    ...over,
  };
}

export const PROMPT: PromptText = {
  argv: 'Rollcall task secumon/fix-login (attempt k3f9a2)\n\nFix the login. {model} $(id) `id`\n\nReport.',
  sentence: 'Do what the text behind this asks.',
  pasted: 'Rollcall task secumon/fix-login (attempt k3f9a2)\n\nFix the login.\n\nReport.',
  pointer: false,
  taskFile: null,
};

export const MACHINE: LaunchMachine = {
  env: {
    HOME: '/home/ada',
    USER: 'ada',
    LANG: 'C.UTF-8',
    LC_TIME: 'de_DE.UTF-8',
    XDG_RUNTIME_DIR: '/run/user/1000',
    PATH: '/usr/bin:/bin',
    TERM: 'tmux-256color',
    LINES: '40',
    TMUX: '/tmp/tmux-1000/default,1,0',
    TMUX_PANE: '%1',
    SSH_AUTH_SOCK: '/tmp/agent',
    ANTHROPIC_API_KEY: 'the loop’s own',
    CLAUDE_CONFIG_DIR: '/home/ada/.claude',
    NOTIFY_SOCKET: '/run/systemd/notify',
  },
  path: '/run/user/1000/rollcall/home/bin:/usr/bin:/bin',
  file: '/home/ada/desired-state.yaml',
  secrets: {},
};
