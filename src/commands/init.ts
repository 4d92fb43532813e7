import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { homeFolder } from '../host/paths.ts';
import { desiredJsonSchema } from '../desired/json-schema.ts';
import { EXIT } from '../model/words.ts';
import { jsonText } from '../report/json.ts';
import { outStyle, say } from './context.ts';
import { FILE_NAME } from './find-file.ts';
import { firstDay } from './init-first-day.ts';
import { lookAtHomes } from './init-homes.ts';
import { template } from './init-template.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/**
 * `init`: a commented desired-state.yaml that is valid as it is, and its schema beside it for editors. Overwrites
 * nothing (5). Where the homes are not laid out yet, prints the commands that would do it, and runs none of them.
 */
export const run: Verb = async (context) => {
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
  writeNew(file, template({ folder: dirname(file), schema: SCHEMA_NAME, homes }));
  say(context, `wrote ${file}`);
  if (existsSync(schema)) say(context, `${basename(schema)} is there already, and was left as it is`);
  else {
    writeNew(schema, jsonText(desiredJsonSchema()));
    say(context, `wrote ${schema}, by which editors complete and explain every key`);
  }
  io.stdout.write(explained);
  say(
    context,
    '\nNext: edit it, then `rollcall plan` shows what it would do; nothing is changed before `rollcall apply`.',
  );
  return EXIT.done;
};

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
