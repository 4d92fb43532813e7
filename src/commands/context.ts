import { jsonText } from '../report/json.ts';
import { type ColourFlag, type Style, styleFor } from '../report/style.ts';
import type { Io, Sink } from './io.ts';

/** What every verb is given: its process, and the options that every verb takes. */
export interface Context {
  readonly io: Io;
  /** `-f`, as typed. */
  readonly file: string | null;
  readonly output: 'text' | 'json';
  readonly colour: ColourFlag;
}

/** The arguments and options of one verb, as commander read them. */
export interface Invocation {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** How to print to stdout. */
export function outStyle(context: Context): Style {
  return sinkStyle(context, context.io.stdout);
}

/** How to print to stderr. */
export function errorStyle(context: Context): Style {
  return sinkStyle(context, context.io.stderr);
}

/** Data on stdout: the document with `-o json`, the text otherwise; only the one asked for is made. */
export function print(context: Context, document: () => unknown, text: (style: Style) => string): void {
  const { stdout } = context.io;
  stdout.write(context.output === 'json' ? jsonText(document()) : text(outStyle(context)));
}

/** Talk on stderr, one line. */
export function say(context: Context, line: string): void {
  context.io.stderr.write(`${line}\n`);
}

/** An option that takes a value, or null where it was not given. */
export function textOption({ options }: Invocation, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}

/** An option without a value. */
export function flagOption({ options }: Invocation, name: string): boolean {
  return options[name] === true;
}

/** An option that may be given several times. */
export function listOption({ options }: Invocation, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function sinkStyle({ io, colour }: Context, sink: Sink): Style {
  return styleFor(sink, io.env, colour, io.now());
}
