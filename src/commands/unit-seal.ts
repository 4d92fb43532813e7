import { createHash } from 'node:crypto';

const MARK = '# rollcall unit, sha256 ';
const REST = [
  '# Change it by a drop-in (`systemctl edit`, with --user where it is a user unit): `rollcall unit --install` writes',
  '# this file anew, but never over an edit.',
];

/** The text under a head that tells later whether somebody has edited it. */
export function sealed(text: string): string {
  const body = [...REST, text].join('\n');
  return `${MARK}${hashOf(body)}\n${body}`;
}

/** Whether a file's text is as we wrote it, one of ours that was edited, or somebody else's. */
export function sealOf(text: string): 'intact' | 'edited' | 'foreign' {
  if (!text.startsWith(MARK)) return 'foreign';
  const end = text.indexOf('\n');
  return text.slice(MARK.length, end) === hashOf(text.slice(end + 1)) ? 'intact' : 'edited';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
