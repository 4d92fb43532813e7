/** The `index`-th attempt id of a look: its time, so that they sort, and chance, so that they never meet. */
export function attemptId(at: number, nonce: string, index: number): string {
  return `${Math.max(0, at).toString(36)}${nonce.slice(0, 5)}${index.toString(36)}`;
}

/** The `index`-th conversation id of a look: a UUID of version 4. */
export function conversationId(nonce: string, index: number): string {
  const tail = (Number.parseInt(nonce.slice(26, 32), 16) ^ index).toString(16).padStart(6, '0');
  const digits = nonce.slice(0, 26) + tail;
  const variant = ((Number.parseInt(digits[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
