import { readFileSync } from 'node:fs';

/** The version in package.json, which stands two folders above both `src/commands` and `dist/commands`. */
export function ownVersion(): string {
  const { version }: { version?: unknown } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return typeof version === 'string' ? version : 'unknown';
}
