import { clock, duration, listOf, mapOf, named, name, section, text, url, word } from './scalars.ts';
import { secret, textOrSecret } from './secret.ts';

const baseUrl = url.meta({ description: 'In place of the public address: a proxy or a test.' }).optional();

export const CHANNEL_TYPES = ['telegram', 'resend', 'webhook', 'command'] as const;

/** Exactly one of them, which is checked in checks/: four strict unions would blame every key of the other three. */
export const channel = section({
  telegram: section({
    chat: word.meta({ description: 'The chat, in quotes.', examples: ['-1001234'] }),
    token: secret,
    baseUrl,
  })
    .meta({ description: 'A Telegram bot.' })
    .optional(),
  resend: section({
    from: word.meta({ description: 'Sender address.', examples: ['fleet@example.org'] }),
    to: listOf(word, 'addresses')
      .min(1)
      .meta({ description: 'Receivers.', examples: [['me@example.org']] }),
    key: secret,
    baseUrl,
  })
    .meta({ description: 'Mail through Resend.' })
    .optional(),
  webhook: section({
    url: url.meta({ description: 'Gets a POST with JSON.', examples: ['https://example.org/hook'] }),
    headers: mapOf(named('a header'), textOrSecret, 'texts or secrets')
      .meta({ description: 'Extra headers; secrets as { fromEnv } or { fromFile }.' })
      .optional(),
  })
    .meta({ description: 'Any HTTP endpoint.' })
    .optional(),
  command: listOf(text, 'texts')
    .min(1)
    .meta({
      description: 'A program, as a list; it gets the message on stdin.',
      examples: [['apprise', '-b', '-']],
    })
    .optional(),
}).meta({ minProperties: 1, maxProperties: 1 });

const events = listOf(word, 'events').min(1);

const rule = section({
  events: events.meta({
    description: 'Events, * stands for any rest.',
    examples: [['swap.done', 'quota.exhausted'], ['task.*']],
  }),
  to: listOf(name, 'channels')
    .min(1)
    .meta({ description: 'Channels.', examples: [['phone']] }),
  group: duration
    .meta({ description: 'Messages within this time go as one. Left out: each by itself.', examples: ['2m'] })
    .optional(),
  repeat: duration
    .meta({ description: 'Say it again after so long while it lasts. Left out: once.', examples: ['1h'] })
    .optional(),
});

const quiet = section({
  from: clock.meta({ description: 'Quiet from this time of day, in quotes.', examples: ['23:00'] }),
  to: clock.meta({ description: 'Until this time of day, in quotes.', examples: ['07:00'] }),
  zone: word.meta({ description: 'Time zone.', default: 'UTC', examples: ['Europe/Paris'] }).optional(),
  except: events
    .meta({ description: 'Events that are told all the same.', examples: [['fleet.blocked']] })
    .optional(),
});

export const notify = section({
  channels: mapOf(named('a channel'), channel, 'channels')
    .meta({ description: 'Where notices go, by name.' })
    .optional(),
  rules: listOf(rule, 'rules').meta({ description: 'Which events go where.' }).optional(),
  quiet: quiet.meta({ description: 'Hours in which nothing is sent.' }).optional(),
});
