import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { homeFolder } from '../host/paths.ts';
import { desiredJsonSchema } from '../desired/json-schema.ts';
import { socketPath } from '../host/tmux/socket.ts';
import type { TmuxSocket } from '../model/desired.ts';
import { EXIT, type ExitCode } from '../model/words.ts';
import { jsonText } from '../report/json.ts';
import { safeText } from '../report/safe-text.ts';
import { type Context, flagOption, type Invocation, outStyle, say, textOption } from './context.ts';
import { FILE_NAME } from './find-file.ts';
import { firstDay } from './init-first-day.ts';
import { fromTmux } from './init/from-tmux.ts';
import { lookAtHomes } from './init-homes.ts';
import { template } from './init-template.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/**
 * `init`: a commented desired-state.yaml that is valid as it is, and its schema beside it for editors. Overwrites
 * nothing (5). Where the homes are not laid out yet, prints the commands that would do it, and runs none of them.
 * With `--from-tmux` it declares what runs at a socket, so that its plan is empty there; 3 where that cannot be had.
 */
export const run: Verb = async (context, invocation) => {
  const { io } = context;
  const file = resolve(io.cwd, context.file ?? FILE_NAME);
  const schema = join(dirname(file), SCHEMA_NAME);
  const homes = lookAtHomes(homeFolder(io.env));
  const explained = firstDay(homes, outStyle(context));
  if (existsSync(file)) {
    // `plan` sends here whoever has a real directory in the way, mostly with a file written long ago.
    io.stdout.write(explained);
    throw new Stop(EXIT.refused, `${file} is there already, and nothing is overwritten`);
  }
  const made = flagOption(invocation, 'fromTmux')
    ? await fromTmux(context, homes, { file, schema: SCHEMA_NAME, socket: socketAsked(context, invocation) })
    : { text: template({ folder: dirname(file), schema: SCHEMA_NAME, homes }), wouldDo: null };
  writeNew(file, made.text);
  say(context, `wrote ${file}`);
  if (existsSync(schema)) say(context, `${basename(schema)} is there already, and was left as it is`);
  else {
    writeNew(schema, jsonText(desiredJsonSchema()));
    say(context, `wrote ${schema}, by which editors complete and explain every key`);
  }
  // Folders as they are, are declared as they are.
  if (made.wouldDo !== null) return planned(context, made.wouldDo);
  io.stdout.write(explained);
  say(
    context,
    '\nNext: edit it, then `rollcall plan` shows what it would do; nothing is changed before `rollcall apply`.',
  );
  return EXIT.done;
};

/** The server that `--socket` names; left out: the one we sit in, or tmux's own. */
function socketAsked({ io }: Context, invocation: Invocation): TmuxSocket {
  const asked = textOption(invocation, 'socket');
  const path = asked ?? (io.env['TMUX'] ?? '').split(',')[0] ?? '';
  const own: TmuxSocket = { type: 'name', name: 'default' };
  if (path === '' || path === socketPath(own, io.env)) return own;
  if (isAbsolute(path)) return { type: 'path', path };
  if (/^[A-Za-z0-9_-]{1,64}$/.test(path)) return { type: 'name', name: path };
  throw new Stop(EXIT.usage, '--socket takes a name, as tmux -L, or an absolute path, as tmux -S');
}

function planned(context: Context, wouldDo: readonly string[]): ExitCode {
  if (wouldDo.length === 0) {
    say(
      context,
      '\nIts plan is empty: everything is declared as it is. Next: edit it, and look at `rollcall plan`.',
    );
    return EXIT.done;
  }
  say(context, '\nIts plan is not empty, for what runs is not as any file could have it:');
  for (const each of wouldDo) say(context, `  ${safeText(each)}`);
  return EXIT.notConverged;
}

const SCHEMA_NAME = 'desired-state.schema.json';

/** `wx`: made only where nothing stands, in one step. */
function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST')
      throw new Stop(EXIT.refused, `${file} is there already, and nothing is overwritten`);
    throw new Stop(
      EXIT.failed,
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
