import { z } from 'zod';
import { account, activeAccount, sharedState } from './accounts.ts';
import { agent } from './agents.ts';
import { notify } from './notify.ts';
import { janitor, quota, reconcile, tasks, tmux } from './policies.ts';
import { mapOf, named, said, section } from './scalars.ts';
import { dedicated, inbox, pool } from './sessions.ts';

/** `desired-state.yaml` as it is written (SPEC §2): shape only, nothing filled in. */
export const writtenState = section({
  apiVersion: z
    .literal('rollcall/v1', { error: said('rollcall/v1', 'this Rollcall understands no other version') })
    .meta({ description: 'Version of this format.' }),
  kind: z.literal('Fleet', { error: said('Fleet', null) }).meta({ description: 'What the file declares.' }),
  name: named('the fleet').meta({
    description: "The fleet's name: its lock, its state folder and its ownership stamp go by it.",
    examples: ['home'],
  }),
  reconcile: reconcile.meta({ description: 'How often to look, and how much to change at once.' }).optional(),
  tmux: tmux.meta({ description: 'The tmux server the fleet lives on.' }).optional(),
  agents: mapOf(named('an agent'), agent, 'agents')
    .meta({ description: 'Agents by name: a built-in profile and what differs from it.' })
    .optional(),
  accounts: mapOf(named('an account'), account, 'accounts')
    .meta({ description: 'Logins by name, most wanted first. Left out: agents use their own default home.' })
    .optional(),
  activeAccount: activeAccount.meta({ description: 'Which account new agents start under.' }).optional(),
  sharedState: sharedState.meta({ description: 'Folders every account home shares.' }).optional(),
  dedicated: mapOf(named('a session'), dedicated, 'sessions')
    .meta({ description: 'Your own sessions by name. Created if missing, and otherwise left alone.' })
    .optional(),
  pools: mapOf(named('a pool'), pool, 'pools')
    .meta({ description: 'Ranges of autonomous sessions, by name.' })
    .optional(),
  inboxes: mapOf(named('an inbox'), inbox, 'inboxes')
    .meta({ description: 'Folders that tasks are dropped into, by name.' })
    .optional(),
  tasks: tasks.meta({ description: 'How tasks are worked on.' }).optional(),
  quota: quota
    .meta({ description: 'When an account counts as exhausted, and how often to swap.' })
    .optional(),
  janitor: janitor.meta({ description: 'How long finished things are kept.' }).optional(),
  notify: notify.meta({ description: 'Who is told what.' }).optional(),
}).meta({
  title: 'Rollcall fleet',
  description:
    'The fleet as it should be. Durations: 90s 5m 1h30m 14d. Paths: ~/x, absolute, or relative to this file.',
});

export type WrittenState = z.infer<typeof writtenState>;
