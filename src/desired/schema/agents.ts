import { z } from 'zod';
import { BUILTIN_AGENTS } from '../../model/agents.ts';
import {
  environmentName,
  glob,
  listOf,
  mapOf,
  model,
  name,
  named,
  path,
  said,
  section,
  text,
  word,
} from './scalars.ts';
import { textOrSecret } from './secret.ts';

const BUILTINS = BUILTIN_AGENTS.map((builtin) => `builtin:${builtin}`);

/** `priority: model`. */
export const models = mapOf(named('a priority'), model, 'models by priority');

/**
 * Keys of an agent that override its profile. Their values are checked in agents/ against the profile schema;
 * here only that they exist.
 */
export const PROFILE_KEYS = ['command', 'process', 'home', 'sessions', 'tested', 'screens'] as const;

const profile = {
  command: listOf(word, 'texts')
    .meta({
      description: 'Program and first arguments, as a list; no shell reads it.',
      examples: [['aider', '--yes-always']],
    })
    .optional(),
  process: listOf(word, 'program names')
    .meta({ description: 'Names by which the running program is known in /proc.', examples: [['claude']] })
    .optional(),
  home: section({
    env: environmentName.meta({
      description: 'Variable that tells the agent its home.',
      examples: ['CLAUDE_CONFIG_DIR'],
    }),
    default: path.meta({ description: 'Its home where that variable is not set.', examples: ['~/.claude'] }),
  })
    .meta({ description: 'How the agent finds its home: its login, settings and conversations.' })
    .optional(),
  sessions: word
    .meta({ description: 'Folder in its home where it registers running sessions.', examples: ['sessions'] })
    .optional(),
  tested: listOf(word, 'versions').meta({ description: 'Versions the profile was tested with.' }).optional(),
  screens: mapOf(name, z.unknown(), 'rules')
    .meta({ description: 'Rules that read its screen; texts under `match` are regular expressions.' })
    .optional(),
} satisfies Record<(typeof PROFILE_KEYS)[number], z.ZodType>;

export const agent = section({
  extends: z
    .string({ error: said(`one of ${BUILTINS.join(', ')}`, null) })
    .regex(new RegExp(`^(${BUILTINS.join('|')})$`), { error: said(`one of ${BUILTINS.join(', ')}`, null) })
    .meta({
      description:
        'The profile it builds on. May be left out for an agent that has the name of a built-in one.',
      examples: BUILTINS,
    })
    .optional(),
  args: listOf(text, 'texts')
    .meta({
      description: 'Arguments for every start. Everybody on the machine can read them: no secrets.',
      examples: [['--dangerously-skip-permissions']],
    })
    .optional(),
  env: mapOf(environmentName, textOrSecret, 'texts or secrets')
    .meta({
      description:
        'Environment of the agent, besides a small clean one. Secrets as { fromEnv } or { fromFile }.',
      examples: [{ HTTPS_PROXY: 'http://proxy:3128', GH_TOKEN: { fromEnv: 'GH_TOKEN' } }],
    })
    .optional(),
  trust: listOf(glob, 'folders')
    .meta({
      description: 'Folders whose first-start dialogs are answered beforehand.',
      examples: [['~/work']],
    })
    .optional(),
  models: models
    .meta({
      description: 'Model by priority, in place of tasks.models.',
      examples: [{ critical: 'opus', default: 'sonnet' }],
    })
    .optional(),
  ...profile,
});
