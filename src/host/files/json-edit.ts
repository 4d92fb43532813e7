import { isObject } from '../state/json.ts';

/** One value to be set in a JSON text. */
export interface JsonChange {
  /** Keys from the top, at least one. */
  readonly at: readonly string[];
  readonly value: string | number | boolean;
}

/**
 * The text with one value set and every other byte as it was: keys, their order, numbers and white space. The very
 * text where the value is so already; null where the text is no JSON object, or something else than an object is on
 * the way.
 */
export function withValue(text: string, { at, value }: JsonChange): string | null {
  const whole = parsed(text);
  if (!isObject(whole) || at.length === 0) return null;
  if (valueAt(whole, at) === value) return text;
  const edited = edit(text, text.indexOf('{'), at, value, 1);
  // The text is read by a scanner of ours: what JSON itself then says is what counts.
  return edited !== null && valueAt(parsed(edited), at) === value ? edited : null;
}

function valueAt(whole: unknown, at: readonly string[]): unknown {
  let here = whole;
  for (const key of at) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here;
}

interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

function edit(
  text: string,
  open: number,
  [key = '', ...below]: readonly string[],
  value: JsonChange['value'],
  depth: number,
): string | null {
  const members = membersOf(text, open);
  // Of two with one name the last counts, for every reader.
  const found = members.findLast((member) => member.key === key);
  if (found === undefined) return inserted(text, open, members, key, below, value, depth);
  if (below.length > 0)
    return text[found.valueStart] === '{' ? edit(text, found.valueStart, below, value, depth + 1) : null;
  return text.slice(0, found.valueStart) + JSON.stringify(value) + text.slice(found.valueEnd);
}

function inserted(
  text: string,
  open: number,
  members: readonly Member[],
  key: string,
  below: readonly string[],
  value: JsonChange['value'],
  depth: number,
): string {
  const unit = unitOf(text);
  const nested = below.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  const margin = unit === '' ? '' : `\n${unit.repeat(depth)}`;
  const body = JSON.stringify(nested, null, unit).replaceAll('\n', margin);
  const first = members[0];
  const colon = unit === '' ? ':' : ': ';
  const member = `${JSON.stringify(key)}${colon}${body}`;
  const last = members.at(-1);
  if (first === undefined || last === undefined) {
    const end = unit === '' ? '' : `\n${unit.repeat(depth - 1)}`;
    return `${text.slice(0, open + 1)}${margin}${member}${end}${text.slice(text.indexOf('}', open))}`;
  }
  // As its neighbours are set apart.
  const before = text.slice(open + 1, first.keyStart);
  return `${text.slice(0, last.valueEnd)},${before}${member}${text.slice(last.valueEnd)}`;
}

/** What one level is set in by; empty: the text is one line. */
function unitOf(text: string): string {
  return /^\s*\{[ \t]*\r?\n([ \t]+)"/.exec(text)?.[1] ?? (/^\s*\{\s*\}/.test(text) ? '  ' : '');
}

/** The members of the object that begins at `open`, in a text that is JSON. */
function membersOf(text: string, open: number): readonly Member[] {
  const members: Member[] = [];
  let at = spaceEnd(text, open + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const valueStart = spaceEnd(text, spaceEnd(text, keyEnd) + 1);
    const valueEnd = endOfValue(text, valueStart);
    members.push({ key: keyOf(text.slice(at, keyEnd)), keyStart: at, valueStart, valueEnd });
    const next = spaceEnd(text, valueEnd);
    if (text[next] !== ',') break;
    at = spaceEnd(text, next + 1);
  }
  return members;
}

function keyOf(quoted: string): string {
  const key = parsed(quoted);
  return typeof key === 'string' ? key : '';
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  if (text[start] !== '{' && text[start] !== '[') return matchEnd(/[^,}\]\s]*/y, text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function spaceEnd(text: string, start: number): number {
  return matchEnd(/\s*/y, text, start);
}

function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
