import { extname, join } from 'node:path';

/**
 * What is to be started in a pane so that the launch in this folder (`<runDir>/<launch>`, absolute) is carried out: our
 * launcher under the node that runs us, from the sources or as built.
 */
export function launcherArgv(launchDir: string): readonly string[] {
  const { dirname, filename } = import.meta;
  return [process.execPath, join(dirname, `launcher${extname(filename)}`), launchDir];
}
