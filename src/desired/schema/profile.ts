import { z } from 'zod';
import { EVIDENCE } from '../../model/screen.ts';
import { environmentName, listOf, mapOf, name, oneOf, path, said, section, text, word } from './scalars.ts';

/**
 * Keys of an agent that override its profile. agents/ checks the whole that comes of them; here each by itself, so
 * that a mistake has its line.
 */
export const PROFILE_KEYS = [
  'command',
  'process',
  'home',
  'sessions',
  'tested',
  'deliver',
  'exitMeansDone',
  'launch',
  'settings',
  'firstStart',
  'registry',
  'hooks',
  'transcript',
  'usage',
  'screens',
] as const;

const FIELD_HELP = 'keys from the top, with dots: message.stop_reason';
const field = z
  .string({ error: said('a field', FIELD_HELP) })
  .regex(/^[A-Za-z_$][\w$-]*(?:\.(?:\d{1,3}|[A-Za-z_$][\w$-]*)){0,7}$/, {
    error: said('a field', FIELD_HELP),
  });
const fields = listOf(field, 'fields').min(1);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: said('a text, a number, true, false or null', null),
});
const yesOrNo = z.boolean({ error: said('true or false', null) });
const args = (what: string, example: string): z.ZodOptional<z.ZodArray<typeof text>> =>
  listOf(text, 'arguments')
    .max(50)
    .meta({ description: what, examples: [example.split(' ')] })
    .optional();
const json = (what: string): z.ZodOptional<z.ZodType> =>
  mapOf(word, z.unknown(), 'settings').meta({ description: what }).optional();

const launch = section({
  env: mapOf(environmentName, text, 'texts')
    .meta({
      description: 'What must be in its environment; `env` of the agent itself outranks it.',
      examples: [{ GEMINI_CLI_NO_RELAUNCH: 'true' }],
    })
    .optional(),
  start: args('Begins a conversation.', '--session-id {conversation}'),
  resume: args('Goes on with one after its process has ended.', '--resume {conversation}'),
  resumeOwn: args('The same for one of yours, behind your own flags.', '--resume {conversation}'),
  model: args('Asks for a model.', '--model {model}'),
  settings: args('Hands over the settings file of this start.', '--settings {settings}'),
  trusted: args('In a folder under `trust`.', '--skip-trust'),
  prompt: args('The prompt, behind all others. An agent without is pasted it.', '-- {prompt}'),
  files: mapOf(word, text, 'texts')
    .meta({
      description: 'Files written for each start, by name: what the agent is to load from {launch}.',
      examples: [{ 'report.js': '…' }],
    })
    .optional(),
  resumeNeeds: args('Files without which a conversation cannot go on.', '{run}/talk.db'),
  resumeAfter: z
    .number({ error: said('a number of seconds', null) })
    .int()
    .min(0)
    .max(600)
    .meta({ description: 'Seconds since it began before which a conversation cannot go on.', default: 0 })
    .optional(),
  resumeShows: word
    .meta({
      description:
        'Regular expression for a row of the screen that shows what was said before: nothing is pasted before that.',
    })
    .optional(),
  resumeDeliver: oneOf(['argv', 'paste'])
    .meta({ description: 'How it is told to go on: on its command line, or by a paste.', default: 'argv' })
    .optional(),
  resumeShares: listOf(word, 'entries')
    .max(20)
    .meta({
      description: 'Entries of its home that another home must share for a conversation to go on there.',
      examples: [['projects']],
    })
    .optional(),
  flags: section({
    switches: args('Flags that stand alone.', '--verbose'),
    values: args('Flags with one word behind.', '--model'),
    lists: args('Flags with all words behind, up to the next flag.', '--add-dir'),
    hidden: args('Of those, the ones behind which secrets may stand.', '--settings'),
    conversation: args('Flags that name a conversation, with or without a word behind.', '--resume'),
  })
    .meta({ description: 'Its own flags: what is kept when yours is started again under another account.' })
    .optional(),
});

const firstStart = section({
  file: word.meta({
    description: 'A JSON file; {home} is the home its variable tells it.',
    examples: ['{home}/.claude.json'],
  }),
  fileByDefault: word.meta({
    description: 'The same where no variable tells it a home.',
    examples: ['~/.claude.json'],
  }),
  at: listOf(word, 'keys')
    .min(1)
    .max(10)
    .meta({ description: 'Keys from the top.', examples: [['projects', '{cwd}', 'trusted']] }),
  value: z
    .union([z.string(), z.number(), z.boolean()], { error: said('a text, a number, true or false', null) })
    .meta({ description: 'What is set there, under the lock FILE.lock.' }),
});

const states = oneOf(['idle', 'working', 'waiting']);
const registry = section({
  pid: field.meta({ description: 'Field with its process id.' }).optional(),
  start: field.meta({ description: 'Field with field 22 of /proc/PID/stat.' }).optional(),
  status: field.meta({ description: 'Field with what it is doing.' }).optional(),
  states: mapOf(word, states, 'states')
    .meta({ description: 'Its words for that: idle, working or waiting.', examples: [{ busy: 'working' }] })
    .optional(),
  waitingFor: field.meta({ description: 'Field with what it waits for.' }).optional(),
  conversation: field.meta({ description: 'Field with the id of its conversation.' }).optional(),
  at: fields.meta({ description: 'Fields with the time of the last change, epoch ms.' }).optional(),
});

const condition = {
  when: mapOf(field, listOf(scalar, 'values').min(1), 'fields')
    .meta({ description: 'Each of these fields has one of these values.', examples: [{ type: ['user'] }] })
    .optional(),
  has: fields.meta({ description: 'Each of these fields says something.' }).optional(),
  says: section({
    match: z
      .union([word, listOf(word, 'regular expressions').min(1)])
      .meta({ description: 'Regular expressions, one of which its text matches as a whole.' }),
    except: z
      .union([word, listOf(word, 'regular expressions').min(1)])
      .meta({ description: 'Regular expressions, none of which its text matches as a whole.' })
      .optional(),
  })
    .meta({ description: 'What its text says.' })
    .optional(),
};
const error = oneOf(EVIDENCE).meta({ description: 'What it shows of the account.' }).optional();

const hooks = section({
  register: listOf(word, 'events')
    .meta({ description: 'Events to register in the settings file.', examples: [['Stop']] })
    .optional(),
  text: fields.meta({ description: 'Fields with what an event says.' }).optional(),
  resetsAt: field.meta({ description: 'Field with the end of a limit.' }).optional(),
  background: field.meta({ description: 'Field with a list of what still runs.' }).optional(),
  also: mapOf(field, fields, 'fields')
    .meta({ description: 'Where a field may also stand.', examples: [{ error: ['error_type'] }] })
    .optional(),
  events: mapOf(
    name,
    section({
      ...condition,
      means: oneOf(['started', 'prompted', 'asked', 'turn-ended', 'turn-failed', 'ended']).meta({
        description: 'What such an event means.',
      }),
      error,
    }),
    'events',
  )
    .meta({ description: 'Events by a name of yours; the first that fits decides.' })
    .optional(),
});

const transcript = section({
  file: word
    .meta({ description: 'Below its home.', examples: ['projects/{slug}/{conversation}.jsonl'] })
    .optional(),
  search: section({
    below: word.meta({ description: 'A folder below its home: each folder in it is looked at.' }),
    file: word.meta({
      description: 'A name; `*` in it stands for anything, and the first such file by its name is meant.',
      examples: ['{conversation}.jsonl'],
    }),
  })
    .meta({ description: 'Where it may also be.' })
    .optional(),
  found: section({
    folder: word.meta({
      description: 'Folder below its home for each day.',
      examples: ['sessions/{year}/{month}/{day}'],
    }),
    name: word.meta({
      description: 'Regular expression for its files’ names there; a group `id` is the conversation’s.',
    }),
    when: condition.when,
    id: field.meta({ description: 'Field of the first line with the same id.' }),
    cwd: field.meta({ description: 'Field of the first line with the folder it was begun in.' }),
  })
    .meta({
      description: 'For an agent that chooses the ids of its conversations itself: how ours is found.',
    })
    .optional(),
  usage: section({
    when: condition.when,
    windows: field.meta({ description: 'Field with a map of windows by name.' }),
    percent: field.meta({ description: 'Field of a window: how much is used, 0 to 100.' }),
    resetsAt: field.meta({ description: 'Field of a window: when it ends, epoch seconds or ms.' }),
  })
    .meta({ description: 'A line that tells how much of the quota is used.' })
    .optional(),
  text: fields.meta({ description: 'Fields with what a line says.' }).optional(),
  at: field
    .meta({
      description: 'Field with the time a line was written, ISO 8601 or epoch.',
      examples: ['timestamp'],
    })
    .optional(),
  resetsAt: field.meta({ description: 'Field with the end of a limit, epoch seconds or ms.' }).optional(),
  lines: mapOf(
    name,
    section({
      ...condition,
      turn: oneOf(['open', 'ended', 'failed', 'interrupted', 'closed', 'at-prompt'])
        .meta({ description: 'How the turn stands behind such a line; closed: over, as before it.' })
        .optional(),
      error,
      prompt: yesOrNo.meta({ description: 'It may hold the prompt.' }).optional(),
      words: yesOrNo.meta({ description: 'It holds words of the agent’s.' }).optional(),
    }),
    'lines',
  )
    .meta({ description: 'Lines by a name of yours; the first that fits decides.' })
    .optional(),
});

const usage = section({
  register: word
    .meta({
      description: 'Key of the settings file for the status line’s program.',
      examples: ['statusLine'],
    })
    .optional(),
  windows: field.meta({ description: 'Field with a map of windows by name.' }).optional(),
  percent: field.meta({ description: 'Field of a window: how much is used, 0 to 100.' }).optional(),
  resetsAt: field.meta({ description: 'Field of a window: when it ends, epoch seconds or ms.' }).optional(),
});

/** What of a profile may stand in the file. */
export const profile = {
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
    inside: word
      .meta({
        description: 'The variable names the folder around the home, in which the home must have this name.',
        examples: ['.gemini'],
      })
      .optional(),
  })
    .meta({ description: 'How the agent finds its home: its login, settings and conversations.' })
    .optional(),
  sessions: word
    .meta({ description: 'Folder in its home where it registers running sessions.', examples: ['sessions'] })
    .optional(),
  tested: listOf(word, 'versions').meta({ description: 'Versions the profile was tested with.' }).optional(),
  deliver: oneOf(['argv', 'file', 'paste'])
    .meta({
      description:
        'How it takes its prompt: on its command line, from a file it is pointed at, pasted. A task may say otherwise.',
    })
    .optional(),
  exitMeansDone: yesOrNo.meta({ description: 'That it ends with 0 says that its task is done.' }).optional(),
  launch: launch
    .meta({ description: 'Arguments; {prompt}, {model} and others in them are filled in.' })
    .optional(),
  settings: section({
    always: json('In the settings file of every start.'),
    trusted: json('Besides, in a folder under `trust`.'),
  })
    .meta({ description: 'What the settings file says that is handed over with each start.' })
    .optional(),
  firstStart: listOf(firstStart, 'answers')
    .meta({ description: 'Answers set beforehand in its own files, in a folder under `trust`.' })
    .optional(),
  registry: registry
    .meta({ description: 'What the files in its `sessions` folder say, one JSON document each.' })
    .optional(),
  hooks: hooks.meta({ description: 'What it tells programs of ours while it runs.' }).optional(),
  transcript: transcript
    .meta({ description: 'Its own record of a conversation, one JSON document a line.' })
    .optional(),
  usage: usage
    .meta({ description: 'What it tells the program of its status line of the quota that is used.' })
    .optional(),
  screens: mapOf(name, z.unknown(), 'rules')
    .meta({ description: 'Rules that read its screen; texts under `match` are regular expressions.' })
    .optional(),
} satisfies Record<(typeof PROFILE_KEYS)[number], z.ZodType>;
