import { z } from 'zod';
import { BUILTIN_AGENTS } from '../../model/agents.ts';
import { environmentName, glob, listOf, mapOf, model, named, said, section, text } from './scalars.ts';
import { profile } from './profile.ts';
import { textOrSecret } from './secret.ts';

const BUILTINS = BUILTIN_AGENTS.map((builtin) => `builtin:${builtin}`);

/** `priority: model`. */
export const models = mapOf(named('a priority'), model, 'models by priority');

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
