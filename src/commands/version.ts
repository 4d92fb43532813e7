import { EXIT } from '../model/words.ts';
import { API_VERSION } from '../report/json.ts';
import { print } from './context.ts';
import { ownVersion } from './own-version.ts';
import type { Verb } from './verb.ts';

/** `version`: this program, and the Node it runs on. */
export const run: Verb = async (context) => {
  const version = ownVersion();
  print(
    context,
    () => ({ apiVersion: API_VERSION, kind: 'Version', version, node: process.versions.node }),
    () => `rollcall ${version} (node ${process.versions.node})\n`,
  );
  return EXIT.done;
};
