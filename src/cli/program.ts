import { Command, InvalidArgumentError, Option } from 'commander';
import type { Context, Invocation } from '../commands/context.ts';
import type { Io } from '../commands/io.ts';
import type { OptionEntry, VerbEntry } from '../commands/verb.ts';
import type { ExitCode } from '../model/words.ts';
import { COLOUR_FLAGS, type ColourFlag } from '../report/style.ts';
import { GLOBAL_OPTIONS, SUMMARY } from './global-options.ts';
import { GROUPS, VERBS } from './verbs.ts';

/** The command line as commander knows it, made from the verb table; `done` is told how the verb ended. */
export function buildProgram(io: Io, done: (exit: ExitCode) => void): Command {
  const program = new Command('rollcall')
    .description(SUMMARY)
    .usage('[-f FILE] [-o text|json] [--color auto|always|never] VERB')
    .helpCommand('help [verb]', 'how to call a verb')
    .addHelpText('after', EXIT_CODES);
  for (const { flags, text, completes, default: fallback } of GLOBAL_OPTIONS) {
    const option = new Option(flags, text);
    if (completes?.type === 'choice') option.choices([...completes.words]);
    program.addOption(fallback === undefined ? option : option.default(fallback));
  }
  settle(program, io);
  for (const entry of VERBS) {
    const command = verbCommand(entry, io, done);
    groupOf(program, entry.name, io).addCommand(command, { hidden: entry.hidden === true });
  }
  return program;
}

/** The command that a verb stands under: its group's, made where it is the first of it, or the program itself. */
function groupOf(program: Command, verb: string, io: Io): Command {
  const [first = '', second] = verb.split(' ');
  if (second === undefined) return program;
  const known = program.commands.find((each) => each.name() === first);
  if (known !== undefined) return known;
  const group = new Command(first).description(GROUPS[first] ?? '');
  settle(group, io);
  program.addCommand(group);
  return group;
}

const EXIT_CODES = `
Exit codes: 0 done, 1 an action failed, 2 changes (plan --detailed-exitcode), 3 not converged, 4 no such thing,
5 refused, 6 held by another, 7 stale plan, 64 usage, 78 bad file, 124 timed out, 130 interrupted.`;

function verbCommand(entry: VerbEntry, io: Io, done: (exit: ExitCode) => void): Command {
  const command = new Command(entry.name.split(' ').at(-1))
    .description(entry.summary)
    .allowExcessArguments(false);
  for (const { syntax, text } of entry.args) command.argument(syntax, text);
  for (const each of entry.options) command.addOption(optionOf(each));
  settle(command, io);
  return command.action(async () => {
    const { run } = await entry.load();
    done(await run(contextOf(command, io), invocationOf(command)));
  });
}

function optionOf({ flags, text, repeatable, completes }: OptionEntry): Option {
  const option = new Option(flags, text);
  const words = completes?.type === 'choice' ? completes.words : null;
  if (words !== null) option.choices([...words]);
  if (repeatable !== true) return option;
  const collect = (value: string, before: unknown): string[] => {
    if (words !== null && !words.includes(value))
      throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`);
    return [...(Array.isArray(before) ? before.filter((each) => typeof each === 'string') : []), value];
  };
  return option.argParser(collect);
}

/** Nothing in commander may end the process or write past our own streams. */
function settle(command: Command, io: Io): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function contextOf(command: Command, io: Io): Context {
  const all: Readonly<Record<string, unknown>> = command.optsWithGlobals();
  const { file, output } = all;
  return {
    io,
    file: typeof file === 'string' ? file : null,
    output: output === 'json' ? 'json' : 'text',
    colour: COLOUR_FLAGS.find((flag): flag is ColourFlag => flag === all['color']) ?? 'auto',
  };
}

function invocationOf(command: Command): Invocation {
  return { args: command.args, options: command.opts() };
}
