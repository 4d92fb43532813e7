type Json = Readonly<Record<string, unknown>>;

/** The record with what differs from run to run replaced by its kind. */
export function shapeOf(record: Json): Json {
  return Object.fromEntries(
    Object.entries(record)
      .filter(([key]) => key !== 'message')
      .map(([key, value]) => [key, RUN_BY_RUN.includes(key) ? typeof value : withoutTimes(value)])
      .concat([['content', withoutTimes(contentOf(record))]])
      .toSorted(([one], [other]) => String(one).localeCompare(String(other))),
  );
}

const RUN_BY_RUN =
  'uuid parentUuid timestamp cwd sessionId session_id requestId transcript_path prompt_id prompt model'.split(
    ' ',
  );

function contentOf(record: Json): unknown {
  const { message } = record;
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : null;
}

function withoutTimes(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/\b\d{10}\b/g, '0')
    .replaceAll(/(?:[A-Z][a-z]{2} \d+, )?\b\d{1,2}(?::\d\d)?[ap]m/g, 'TIME');
  return JSON.parse(text) as unknown;
}
