import { EXIT } from '../model/words.ts';
import { jsonText } from '../report/json.ts';
import { OUTPUT_NAMES, outputSchema } from '../report/schemas.ts';
import { Stop } from './stop.ts';
import type { Verb } from './verb.ts';

/** `schema [NAME]`: JSON Schema of the file (Fleet), or of a document that `-o json` prints. */
export const run: Verb = async ({ io }, { args }) => {
  const wanted = args[0] ?? 'Fleet';
  const name = SCHEMA_NAMES.find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (name === undefined) {
    throw new Stop(
      EXIT.noSuchThing,
      `there is no schema ${JSON.stringify(wanted)}; there are ${SCHEMA_NAMES.join(', ')}`,
    );
  }
  io.stdout.write(jsonText(name === 'Fleet' ? await fleetSchema() : outputSchema(name)));
  return EXIT.done;
};

const SCHEMA_NAMES = ['Fleet', ...OUTPUT_NAMES] as const;

async function fleetSchema(): Promise<object> {
  const { desiredJsonSchema } = await import('../desired/json-schema.ts');
  return desiredJsonSchema();
}
