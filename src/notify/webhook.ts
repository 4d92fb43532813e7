import { DELIVERED, type Delivery, type OpenChannel, refuse, retry } from './delivery.ts';
import { type Answer, post } from './http.ts';
import { noticeDocument } from './notice-document.ts';

/** A POST of the notice as JSON (`rollcall schema Notice`), with its id as `Idempotency-Key`. Any 2xx will do. */
export function webhookChannel(url: string, headers: Readonly<Record<string, string>>): OpenChannel {
  return {
    fingerprint: JSON.stringify([url, headers]),
    async deliver(notice, signal) {
      const all = { 'idempotency-key': notice.id, 'user-agent': 'rollcall', ...headers };
      return judged(
        await post({ url, headers: all, body: noticeDocument(notice), signal, wantsBody: false }),
      );
    },
  };
}

/** What may pass by itself, of all that begins with 4: too slow, too early, too many. */
const PASSING: readonly number[] = [408, 409, 425, 429];

function judged(answer: Answer): Delivery {
  if (answer.type === 'none') return retry(answer.why);
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return DELIVERED;
  if (status >= 300 && status < 400) return refuse('it sends us to another address');
  const why = `it answered ${String(status)}`;
  return status >= 400 && status < 500 && !PASSING.includes(status) ? refuse(why) : retry(why, retryAfterMs);
}
