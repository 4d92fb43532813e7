import { z } from 'zod';
import { environmentName, path, section, text } from './scalars.ts';

/** Never a literal: `{ fromEnv }` or `{ fromFile }`; that it is exactly one of them is checked in checks/. */
export const secret = section({
  fromEnv: environmentName
    .meta({ description: 'The environment variable that holds it.', examples: ['TELEGRAM_BOT_TOKEN'] })
    .optional(),
  fromFile: path
    .meta({ description: 'The file that holds it, mode 0600.', examples: ['~/.config/rollcall/token'] })
    .optional(),
}).meta({
  description: 'A secret: { fromEnv: NAME } or { fromFile: path }. It never stands in this file itself.',
  examples: [{ fromEnv: 'TELEGRAM_BOT_TOKEN' }],
  minProperties: 1,
  maxProperties: 1,
});

/** A plain text, or a secret. */
export const textOrSecret = z.union([text, secret]);
