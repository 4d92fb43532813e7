import { type Reading, unreadable } from '../model/reading.ts';

/** The reading of an inbox one of whose folders could not be read; only its own can be missing. */
export function noInbox(
  name: string,
  folder: string,
  { code, text }: { readonly code: string; readonly text: string },
): Reading<never> {
  if (code === 'ENOENT') {
    return unreadable({
      severity: 'error',
      code: 'inbox-missing',
      target: `inbox/${name}`,
      summary: 'The folder of an inbox is not there',
      detail: folder,
      help: `mkdir -p ${quoted(folder)}`,
    });
  }
  return unreadable({
    severity: 'error',
    code: 'inbox-unreadable',
    target: `inbox/${name}`,
    summary: 'A folder of an inbox could not be read',
    detail: `${folder}: ${text}`,
    help: null,
  });
}

/** For a shell. */
function quoted(path: string): string {
  return /^[A-Za-z0-9_./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
