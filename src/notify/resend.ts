import { DELIVERED, type Delivery, type OpenChannel, refuse, retry } from './delivery.ts';
import { type Answer, post } from './http.ts';
import { unlinked } from './unlinked.ts';

const PUBLIC = 'https://api.resend.com';

/** A mail of plain text. Its id goes along as `Idempotency-Key`: for a day no second one is made of it. */
export function resendChannel(
  {
    from,
    to,
    baseUrl,
  }: { readonly from: string; readonly to: readonly string[]; readonly baseUrl: string | null },
  key: string,
): OpenChannel {
  const base = (baseUrl ?? PUBLIC).replace(/\/+$/, '');
  return {
    fingerprint: JSON.stringify([base, from, to, key]),
    async deliver({ id, subject, text }, signal) {
      const headers = { authorization: `Bearer ${key}`, 'idempotency-key': id };
      const lines = text.split('\n').map((line) => (line.startsWith('$ ') ? line : unlinked(line)));
      const body = { from, to, subject, text: `${lines.join('\n')}\n` };
      return judged(await post({ url: `${base}/emails`, headers, body, signal, wantsBody: true }));
    },
  };
}

function judged(answer: Answer): Delivery {
  if (answer.type === 'none') return retry(answer.why);
  const { status, json, retryAfterMs } = answer;
  if (status === 200 || status === 201) {
    return typeof json?.['id'] === 'string' ? DELIVERED : retry('the answer is none of Resend');
  }
  const name = json?.['name'];
  // It took a mail under that key before, of other words: ours, from before the file was edited.
  if (status === 409 && name === 'invalid_idempotent_request') return DELIVERED;
  if (status === 409) return retry('it is at work on that mail', retryAfterMs);
  if (status === 429) return retry('it takes no more for a while', retryAfterMs);
  if (status === 401 || status === 403)
    return refuse('the key is not valid, or may not send from that address');
  if (status === 400 || status === 422) return refuse('it refuses the mail: are `from` and `to` right?');
  if (status >= 300 && status < 400) return refuse('it sends us to another address');
  if (status === 404 || status === 405) return refuse(`it answered ${String(status)}: is baseUrl right?`);
  return retry(`it answered ${String(status)}`, retryAfterMs);
}
