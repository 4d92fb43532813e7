import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { errno } from './answered.ts';
import { identityOf } from './entries.ts';

/** A regular file's bytes, at most `maxBytes`; ESTALE where it changed while it was read. */
export function regularBytes(path: string, maxBytes: number): { bytes: Uint8Array; identity: string } {
  return opened(path, (fd, found) => {
    if (found.size > maxBytes) throw errno('EFBIG', path);
    const bytes = bytesAt(fd, 0, found.size);
    const identity = identityOf(found);
    if (bytes.length !== found.size || identityOf(fstatSync(fd)) !== identity) throw errno('ESTALE', path);
    return { bytes, identity };
  });
}

/**
 * The last `maxBytes` of a regular file as text, and when it last changed (epoch milliseconds). Half a character at
 * either end is left out; other broken ones read as U+FFFD.
 */
export function tail(path: string, maxBytes: number): { text: string; at: number } {
  return opened(path, (fd, found) => {
    const start = Math.max(0, found.size - maxBytes);
    const bytes = bytesAt(fd, start, found.size - start);
    const skip = start === 0 ? 0 : broken(bytes);
    // As if more were to come: or the half of a character that is just being written would show.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(skip), { stream: true });
    return { text, at: found.mtimeMs };
  });
}

/** The first `maxBytes` of a regular file as text; half a character at the end is left out, broken ones read as U+FFFD. */
export function head(path: string, maxBytes: number): string {
  return opened(path, (fd, { size }) => {
    const bytes = bytesAt(fd, 0, Math.min(size, maxBytes));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
  });
}

/** Bytes at the start that continue a character cut off before them. */
function broken(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return at === -1 || at > 3 ? 0 : at;
}

/** O_NONBLOCK, or a FIFO would hang us; O_NOFOLLOW, or a link would show what it leads to. */
function opened<T>(path: string, read: (fd: number, found: Stats) => T): T {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) throw errno('EINVAL', path, 'not a regular file');
    return read(fd, found);
  } finally {
    closeSync(fd);
  }
}

function bytesAt(fd: number, from: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, from + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
