import { isObject } from '../scenario/shape.ts';
import type { Entry } from '../screen/view.ts';

/** What a resumed conversation shows of what was said before, and where it goes on. */
export interface Recalled {
  readonly entries: readonly Entry[];
  /** Prompts so far. */
  readonly turns: number;
  /** The uuid of its last record. */
  readonly leaf: string | null;
}

export function recall(records: readonly Record<string, unknown>[]): Recalled {
  const entries = records.flatMap(entryOf);
  return {
    entries,
    turns: entries.filter(({ type }) => type === 'user').length,
    leaf: records.reduce<string | null>((leaf, { uuid }) => (typeof uuid === 'string' ? uuid : leaf), null),
  };
}

function entryOf(record: Record<string, unknown>): readonly Entry[] {
  const message = isObject(record['message']) ? record['message'] : {};
  const { content } = message;
  if (record['type'] === 'user') return typeof content === 'string' ? [{ type: 'user', text: content }] : [];
  if (record['type'] !== 'assistant' || !Array.isArray(content)) return [];
  return content.filter(isObject).flatMap(({ text }): readonly Entry[] => {
    if (typeof text !== 'string') return [];
    if (record['isApiErrorMessage'] !== true) return [{ type: 'answer', text }];
    return text.includes('API Error')
      ? [{ type: 'api-error', text }]
      : [{ type: 'notice', text, tone: 'error' }];
  });
}
