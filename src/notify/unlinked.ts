/**
 * A line that shows no link: clients make one of everything that looks like a host (`fix.md`), and a name that somebody
 * else chose must be nothing to tap on. A word joiner behind each inner dot cannot be seen, and ends that.
 */
export function unlinked(line: string): string {
  return line.replaceAll(/(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2})/gu, '.\u2060');
}
