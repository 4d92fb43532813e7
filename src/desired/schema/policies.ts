import { z } from 'zod';
import { models } from './agents.ts';
import { count, duration, oneOf, rate, said, section, share, size, word } from './scalars.ts';

export const reconcile = section({
  every: duration
    .meta({ description: 'The full look, from 1s to 1d; events only make it come sooner.', default: '15s' })
    .optional(),
  maxActions: count(1, 1000).meta({ description: 'Actions of one cycle.', default: 20 }).optional(),
  maxDisruptions: z
    .union([count(1, 1000), share], { error: said('a count or a share', 'such as 3 or 30%') })
    .meta({
      description:
        'Owned sessions stopped or relaunched in one cycle: a count, or a share of them (at least one).',
      default: '30%',
      examples: ['30%', 3],
    })
    .optional(),
  prune: oneOf(['owned', 'never'])
    .meta({
      description: 'Pool sessions of ours that are no longer declared. owned: stop once free. never: leave.',
      default: 'owned',
    })
    .optional(),
});

export const tmux = section({
  socket: word
    .meta({
      description: 'The tmux server: a name as in tmux -L, or a path as in tmux -S.',
      default: 'default',
      examples: ['default', '~/.run/fleet.sock'],
    })
    .optional(),
});

export const tasks = section({
  models: models
    .meta({ description: 'Model by priority of the task.', default: { critical: 'opus', default: 'sonnet' } })
    .optional(),
  idleTimeout: duration
    .meta({ description: 'No sign of progress for so long: the task is stalled.', default: '30m' })
    .optional(),
  maxBytes: size.meta({ description: 'Largest task file taken, up to 16MiB.', default: '256KiB' }).optional(),
});

const thresholds = section({
  pool: count(1, 100).meta({ description: 'Pool sessions that must agree.', default: 2 }).optional(),
  dedicated: count(1, 100)
    .meta({ description: 'Dedicated sessions that must agree.', default: 1 })
    .optional(),
});

export const quota = section({
  confirmations: count(1, 100)
    .meta({ description: 'Looks that must agree when no reset time could be read.', default: 2 })
    .optional(),
  thresholds: thresholds
    .meta({ description: 'Sessions that must show the limit before the account counts as exhausted.' })
    .optional(),
  cooldown: duration.meta({ description: 'After a swap, none for so long.', default: '5m' }).optional(),
  maxSwaps: rate
    .meta({ description: 'Most swaps in a time.', default: '6/24h', examples: ['6/24h'] })
    .optional(),
  switchAt: z
    .union([z.literal('off'), share], { error: said('off or a share', 'such as 95%') })
    .meta({
      description: 'Move new work before the limit, where the agent tells its percentage.',
      default: 'off',
      examples: ['off', '95%'],
    })
    .optional(),
});

export const janitor = section({
  keepDone: duration.meta({ description: 'Finished tasks are kept for so long.', default: '14d' }).optional(),
  keepFailed: duration.meta({ description: 'Failed tasks are kept for so long.', default: '30d' }).optional(),
  keepEvents: duration.meta({ description: 'The journal is kept for so long.', default: '90d' }).optional(),
});
