import { count, duration, glob, listOf, model, name, oneOf, path, prefix, section } from './scalars.ts';

/** Most sessions of one pool. */
export const MAX_POOL = 1000;

export const dedicated = section({
  cwd: path
    .meta({ description: "Its folder. Left out: this file's own folder.", examples: ['~/conformvault'] })
    .optional(),
  agent: name
    .meta({ description: 'The agent you run in it, for onSwap: resume.', examples: ['claude'] })
    .optional(),
  onSwap: oneOf(['leave', 'resume'])
    .meta({
      description:
        'leave: a swap does not touch it. resume: its agent, once idle or stopped by the limit, is started again under the new account with its conversation.',
      default: 'leave',
    })
    .optional(),
});

export const pool = section({
  prefix: prefix.meta({ description: 'Session names are this and a number.', examples: ['ccl-auto-'] }),
  startIndex: count(0, 999_000)
    .meta({ description: 'The first number.', default: 0, examples: [11] })
    .optional(),
  min: count(0, MAX_POOL)
    .meta({ description: 'Sessions kept alive. Left out: all of max.', examples: [2] })
    .optional(),
  max: count(1, MAX_POOL).meta({
    description:
      'Most sessions: the numbers from startIndex to startIndex + max - 1. Nothing outside is touched.',
    examples: [10],
  }),
  cwd: path
    .meta({
      description: "Folder the sessions rest in. Left out: this file's own folder.",
      examples: ['~/work'],
    })
    .optional(),
  agent: name
    .meta({ description: 'The agent that works on its tasks.', default: 'claude', examples: ['claude'] })
    .optional(),
  cooldown: duration
    .meta({ description: 'Rest after a task before the next one.', default: '5m', examples: ['5m'] })
    .optional(),
});

const allow = section({
  cwd: listOf(glob, 'paths')
    .meta({ description: 'Folders a task may ask for.', examples: [['~/secumon/*']] })
    .optional(),
  models: listOf(model, 'models')
    .meta({ description: 'Models a task may ask for.', examples: [['opus', 'sonnet']] })
    .optional(),
  agents: listOf(name, 'agents')
    .meta({ description: 'Agents a task may ask for.', examples: [['claude']] })
    .optional(),
});

export const inbox = section({
  dir: path.meta({
    description: 'The folder tasks are dropped into; claimed, done, failed and rejected stand beside it.',
    examples: ['~/secumon/.agent-queue/inbox'],
  }),
  pool: name.meta({ description: 'The pool that works on its tasks.', examples: ['auto'] }),
  cwd: path
    .meta({ description: "Folder its tasks are done in. Left out: the pool's.", examples: ['~/secumon'] })
    .optional(),
  allow: allow
    .meta({ description: "What a task's frontmatter may ask for; nothing where left out." })
    .optional(),
});
