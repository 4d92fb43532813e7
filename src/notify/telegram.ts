import type { Notice } from '../model/notice.ts';
import { DELIVERED, type Delivery, type OpenChannel, refuse, retry } from './delivery.ts';
import { type Answer, post } from './http.ts';
import { isObject } from './json.ts';
import { unlinked } from './unlinked.ts';

const PUBLIC = 'https://api.telegram.org';

/**
 * A bot's `sendMessage`, without `parse_mode`: nothing in a text is markup. It takes no key to tell a message from its
 * repetition: one that was delivered and not answered is delivered again.
 */
export function telegramChannel(
  { chat, baseUrl }: { readonly chat: string; readonly baseUrl: string | null },
  token: string,
): OpenChannel {
  const base = (baseUrl ?? PUBLIC).replace(/\/+$/, '');
  return {
    fingerprint: JSON.stringify([base, chat, token]),
    async deliver(notice, signal) {
      const url = `${base}/bot${token}/sendMessage`;
      return judged(await post({ url, headers: {}, body: messageOf(notice, chat), signal, wantsBody: true }));
    },
  };
}

/** Commands are set as code, by place and not by marks: to be tapped and copied, and never taken for a link. */
function messageOf(notice: Notice, chat: string): object {
  const entities: { type: 'code'; offset: number; length: number }[] = [];
  let text = '';
  for (const line of notice.text.split('\n')) {
    const command = line.startsWith('$ ') ? line.slice(2) : null;
    if (command !== null) entities.push({ type: 'code', offset: text.length, length: command.length });
    text += `${command ?? unlinked(line)}\n`;
  }
  return {
    chat_id: chat,
    text: text.trimEnd(),
    entities,
    link_preview_options: { is_disabled: true },
    disable_notification: notice.severity === 'info',
  };
}

function judged(answer: Answer): Delivery {
  if (answer.type === 'none') return retry(answer.why);
  const { json } = answer;
  if (answer.status === 200 && json?.['ok'] === true) return DELIVERED;
  // What stands between us and Telegram may answer 200 to everything: the body says what Telegram said.
  const told = json?.['error_code'];
  const status = typeof told === 'number' ? told : answer.status;
  if (status === 429) return retry('it takes no more for a while', waitOf(json) ?? answer.retryAfterMs);
  if (status === 401 || status === 404) return refuse('the bot token is not valid');
  if (status === 403) return refuse('the bot may not write to that chat');
  if (status === 400)
    return refuse(/chat/i.test(descriptionOf(json)) ? 'there is no such chat' : 'it refuses the message');
  if (status >= 300 && status < 400) return refuse('it sends us to another address');
  return retry(
    status === 200 ? 'the answer is none of Telegram' : `it answered ${String(status)}`,
    answer.retryAfterMs,
  );
}

function waitOf(json: Readonly<Record<string, unknown>> | null): number | null {
  const parameters = json?.['parameters'];
  const seconds = isObject(parameters) ? parameters['retry_after'] : null;
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : null;
}

function descriptionOf(json: Readonly<Record<string, unknown>> | null): string {
  const text = json?.['description'];
  return typeof text === 'string' ? text : '';
}
