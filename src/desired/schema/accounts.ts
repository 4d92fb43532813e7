import { z } from 'zod';
import { listOf, mapOf, name, named, oneOf, path, said, section } from './scalars.ts';

const entry = z
  .string({ error: said('the name of a folder in the account homes', 'put it in quotes') })
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._@+-]{1,128}$/, {
    error: said('the name of a folder in the account homes', 'one name, without / and not ..'),
  });

export const account = section({
  home: path.meta({
    description: 'Config home of the login (CLAUDE_CONFIG_DIR, CODEX_HOME, …). One home, one account.',
    examples: ['~/.claude-main'],
  }),
  agent: name
    .meta({ description: 'The agent it is a login of.', default: 'claude', examples: ['claude', 'codex'] })
    .optional(),
});

export const activeAccount = section({
  link: z
    .union([path, mapOf(named('an agent'), path, 'paths')], {
      error: said('a path, or paths by agent', null),
    })
    .meta({
      description:
        'The active link: it points at the home of the active account and is switched atomically. With accounts of several agents a map by agent.',
      examples: ['~/.claude', { claude: '~/.claude', codex: '~/.codex' }],
    })
    .optional(),
  prefer: z
    .union(
      [listOf(name, 'accounts'), mapOf(named('an agent'), listOf(name, 'accounts'), 'lists of accounts')],
      {
        error: said('a list of accounts, or such lists by agent', 'such as [main, backup]'),
      },
    )
    .meta({
      description:
        'Accounts, most wanted first; those left out come after. Left out: as written under accounts.',
      examples: [['main', 'backup']],
    })
    .optional(),
  select: oneOf(['sticky', 'preferred'])
    .meta({
      description: 'sticky: stay until this one is exhausted. preferred: return to the first that has quota.',
      default: 'sticky',
    })
    .optional(),
});

export const sharedState = section({
  root: path.meta({
    description: 'The folder that holds what all accounts share; outside every home.',
    examples: ['~/.claude-shared'],
  }),
  entries: z
    .union(
      [listOf(entry, 'folder names'), mapOf(named('an agent'), listOf(entry, 'folder names'), 'lists')],
      {
        error: said('a list of folder names, or such lists by agent', 'such as [projects, file-history]'),
      },
    )
    .meta({
      description:
        'Folders every account home exposes as a link into the root. Resuming a Claude Code conversation needs projects. Never logins or `sessions`. With accounts of several agents a map by agent.',
      examples: [['projects', 'file-history', 'session-env']],
    }),
});
