/** 14 hex digits of a text, for names: two FNV-1a of 32 bits, from different ends. No defence against who means ill. */
export function shortHash(text: string): string {
  const forth = fnv(text, 0x811c9dc5);
  const back = fnv(Array.from(text).toReversed().join(''), 0x01000193);
  return `${forth.toString(16).padStart(8, '0')}${back.toString(16).padStart(8, '0')}`.slice(0, 14);
}

function fnv(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
