/** One series as a scraper reads it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  /** Family name -> its type. */
  readonly types: Readonly<Record<string, string>>;
  readonly series: readonly Series[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/y;

/**
 * Reads Prometheus' text format 0.0.4 as strictly as its description is written; throws at the first thing that is not
 * in it: order of HELP, TYPE and samples, names, escapes, numbers, doubled series, histograms that do not add up.
 */
export function scraped(text: string): Scraped {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no newline');
  const types: Record<string, string> = {};
  const series: Series[] = [];
  const seen = new Set<string>();
  const closed = new Set<string>();
  let family = '';
  let helped = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const help = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)+)$`).exec(line);
    const type = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram)$`).exec(line);
    if (help !== null) {
      closed.add(family);
      helped = help[1] ?? '';
      if (closed.has(helped)) throw new Error(`${helped} comes twice`);
    } else if (type !== null) {
      family = type[1] ?? '';
      if (family !== helped) throw new Error(`TYPE of ${family} without its HELP before it`);
      types[family] = type[2] ?? '';
    } else {
      const one = sample(line);
      const of = types[family] === 'histogram' ? one.name.replace(/_(?:bucket|sum|count)$/, '') : one.name;
      if (of !== family) throw new Error(`${one.name} stands under ${family}`);
      const key = `${one.name} ${JSON.stringify(Object.entries(one.labels).toSorted())}`;
      if (seen.has(key)) throw new Error(`${key} comes twice`);
      seen.add(key);
      series.push(one);
    }
  }
  for (const [name, type] of Object.entries(types)) requireSound(name, type, series);
  return { types, series };
}

function sample(line: string): Series {
  const found = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`).exec(line);
  if (found === null) throw new Error(`no sample: ${line}`);
  const [, name = '', inside = '', number = ''] = found;
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < inside.length) {
    LABEL.lastIndex = at;
    const label = LABEL.exec(inside);
    if (label === null) throw new Error(`no label at ${String(at)}: ${line}`);
    const [, key = '', raw = ''] = label;
    if (Object.hasOwn(labels, key) || key.startsWith('__')) throw new Error(`bad label ${key}: ${line}`);
    labels[key] = raw.replaceAll(/\\([\\"n])/g, (_, one: string) => (one === 'n' ? '\n' : one));
    at = LABEL.lastIndex;
    if (at < inside.length && inside[at] !== ',') throw new Error(`no comma at ${String(at)}: ${line}`);
    if (at < inside.length) at += 1;
  }
  return { name, labels, value: numberOf(number, line) };
}

function numberOf(text: string, line: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return Number.NaN;
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) throw new Error(`no number: ${line}`);
  return Number(text);
}

/** The conventions that a linter of metrics asks for, and the arithmetic of histograms. */
function requireSound(name: string, type: string, series: readonly Series[]): void {
  if (!/^(?:rollcall|process)_/.test(name)) throw new Error(`${name} does not say whose it is`);
  if ((type === 'counter') !== name.endsWith('_total')) throw new Error(`${name} is a ${type}`);
  if (/milli|minutes|hours|percent/.test(name)) throw new Error(`${name} is not in base units`);
  const own = series.filter((each) => each.name.startsWith(name));
  if (own.length === 0) throw new Error(`${name} has no sample`);
  if (type === 'counter' && own.some(({ value }) => value < 0)) throw new Error(`${name} is negative`);
  if (type !== 'histogram') return;
  const groups = new Map<string, Series[]>();
  for (const each of own) {
    const { le: _, ...rest } = each.labels;
    groups.set(JSON.stringify(rest), [...(groups.get(JSON.stringify(rest)) ?? []), each]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((each) => each.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberOf(labels['le'] ?? '', name));
    const values = buckets.map(({ value }) => value);
    const isAscending = (list: readonly number[]): boolean =>
      list.every((one, i) => i === 0 || one >= (list[i - 1] ?? 0));
    if (bounds.at(-1) !== Infinity) throw new Error(`${name} has no bucket for all`);
    if (!isAscending(bounds) || !isAscending(values)) throw new Error(`${name} does not ascend`);
    if (values.at(-1) !== group.find((each) => each.name === `${name}_count`)?.value)
      throw new Error(`${name} does not add up`);
    if (!group.some((each) => each.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
