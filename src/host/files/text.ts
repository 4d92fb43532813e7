import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errno } from './answered.ts';

/**
 * A regular file's text, at most `maxBytes`. O_NONBLOCK, or a FIFO would hang us; O_NOFOLLOW, or a link would show what
 * it leads to. Throws EINVAL, EFBIG, EILSEQ and what open(2) and read(2) throw.
 */
export async function regularText(path: string, maxBytes: number): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw errno('EINVAL', path, 'not a regular file');
    if (found.size > maxBytes) throw errno('EFBIG', path);
    const bytes = Buffer.alloc(maxBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, maxBytes + 1, 0);
    if (bytesRead > maxBytes) throw errno('EFBIG', path);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, bytesRead));
  } catch (error) {
    if (error instanceof TypeError) throw errno('EILSEQ', path, 'not UTF-8');
    throw error;
  } finally {
    await file.close();
  }
}
