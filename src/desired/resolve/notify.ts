import type { ChannelSpec, NotifySpec } from '../../model/desired.ts';
import type { PathBase } from '../paths.ts';
import type { WrittenState } from '../schema/written-state.ts';
import { secretOf } from './agents.ts';
import { mapValues, ms } from './fill.ts';

type WrittenNotify = NonNullable<WrittenState['notify']>;
type WrittenChannel = NonNullable<WrittenNotify['channels']>[string];

/** `group` left out: each message by itself; `repeat` left out: once. */
export function notifyOf(written: WrittenNotify, base: PathBase): NotifySpec {
  return {
    channels: mapValues(written.channels ?? {}, (channel) => channelOf(channel, base)),
    rules: (written.rules ?? []).map((rule) => ({
      events: rule.events,
      to: rule.to,
      groupMs: ms(rule.group ?? '0s'),
      repeatMs: rule.repeat === undefined ? null : ms(rule.repeat),
    })),
    quiet: quietOf(written.quiet),
  };
}

function quietOf(quiet: WrittenNotify['quiet']): NotifySpec['quiet'] {
  if (quiet === undefined) return null;
  return { from: quiet.from, to: quiet.to, zone: quiet.zone ?? 'UTC', except: quiet.except ?? [] };
}

function channelOf({ telegram, resend, webhook, command }: WrittenChannel, base: PathBase): ChannelSpec {
  if (telegram !== undefined) {
    const { chat, token, baseUrl } = telegram;
    return { type: 'telegram', chat, token: secretOf(token, base), baseUrl: baseUrl ?? null };
  }
  if (resend !== undefined) {
    const { from, to, key, baseUrl } = resend;
    return { type: 'resend', from, to, key: secretOf(key, base), baseUrl: baseUrl ?? null };
  }
  if (webhook !== undefined) {
    const headers = mapValues(webhook.headers ?? {}, (value) =>
      typeof value === 'string' ? value : secretOf(value, base),
    );
    return { type: 'webhook', url: webhook.url, headers };
  }
  return { type: 'command', command: command ?? [] };
}
