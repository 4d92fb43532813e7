import type { ChannelSpec, Secret } from '../model/desired.ts';
import { type CommandPlace, commandChannel } from './command.ts';
import type { ChannelAnswer, OpenChannel } from './delivery.ts';
import { resendChannel } from './resend.ts';
import { telegramChannel } from './telegram.ts';
import { webhookChannel } from './webhook.ts';

/** What a channel takes from the machine. */
export interface ChannelPlace {
  /** The secret as it is now; null: it is absent. */
  readonly secretOf: (secret: Secret) => string | null;
  readonly command: CommandPlace;
}

/** The channel as its secrets are now; one that is absent turns it off. */
export function openChannel(spec: ChannelSpec, place: ChannelPlace): ChannelAnswer {
  switch (spec.type) {
    case 'telegram':
      return withSecret(spec.token, place, (token) => telegramChannel(spec, token));
    case 'resend':
      return withSecret(spec.key, place, (key) => resendChannel(spec, key));
    case 'webhook':
      return withHeaders(spec, place);
    case 'command':
      return { type: 'open', channel: commandChannel(spec.command, place.command) };
  }
}

function withSecret(
  secret: Secret,
  { secretOf }: ChannelPlace,
  open: (value: string) => OpenChannel,
): ChannelAnswer {
  const value = secretOf(secret);
  if (value === null || value === '') return { type: 'off', why: `${nameOf(secret)} is absent` };
  // It becomes part of a header or an address.
  if (!/^[\x21-\x7e]{1,4096}$/.test(value)) {
    return {
      type: 'off',
      why: `${nameOf(secret)} holds what is no token: a space, a line break, or nothing ASCII`,
    };
  }
  return { type: 'open', channel: open(value) };
}

function withHeaders(
  { url, headers }: Extract<ChannelSpec, { type: 'webhook' }>,
  { secretOf }: ChannelPlace,
): ChannelAnswer {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = typeof value === 'string' ? value : secretOf(value);
    if (typeof value !== 'string' && (text === null || text === '')) {
      return { type: 'off', why: `${nameOf(value)} is absent` };
    }
    if (!/^[\x20-\x7e]{0,4096}$/.test(text ?? '')) {
      return { type: 'off', why: `the header ${name} holds what no header may hold` };
    }
    values[name] = text ?? '';
  }
  return { type: 'open', channel: webhookChannel(url, values) };
}

function nameOf(secret: Secret): string {
  return secret.type === 'env' ? `the variable ${secret.name}` : `the file ${secret.path}`;
}
