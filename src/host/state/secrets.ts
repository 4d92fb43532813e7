import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Secret } from '../../model/desired.ts';

/** A token is short; what is longer is some other file. */
const MOST_BYTES = 16 * 1024;

/** A secret as it is now, without the newline behind it; null: it is absent, empty, or no regular file holds it. */
export function secretNow(secret: Secret, env: Readonly<Record<string, string | undefined>>): string | null {
  const text = secret.type === 'env' ? env[secret.name] : textOf(secret.path);
  const value = text?.replace(/[\r\n]+$/, '') ?? '';
  return value === '' ? null : value;
}

function textOf(path: string): string | undefined {
  let fd: number;
  try {
    // A FIFO would hang us. A link is followed: that is how secrets are mounted.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(fd);
    return found.isFile() && found.size <= MOST_BYTES ? readFileSync(fd, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
