/** `pools.auto.max` for the pointer `/pools/auto/max`; `the file` for the whole. */
export function dotted(pointer: string): string {
  if (pointer === '') return 'the file';
  return pointer
    .slice(1)
    .split('/')
    .map((step) => shortened(step.replaceAll('~1', '/').replaceAll('~0', '~')))
    .join('.')
    .replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
}

/** A word of the file as it may stand in a message: printable and short. */
export function shortened(word: string): string {
  const printable = word.replaceAll(
    /[^\x20-\x7e\u00a1-\u200a\u2010-\u2027\u2030-\u205f\u2070-\uffff]/g,
    '\ufffd',
  );
  return printable.length > 64 ? `${printable.slice(0, 64)}…` : printable;
}

/** Pointer of the thing around; the root is its own. */
export function parentPointer(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
}

/** Last step of a pointer as a key. */
export function lastKey(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
