import { readFileSync } from 'node:fs';

const RECORDS = new URL('../corpus/records/', import.meta.url);

/** A file of the corpus' records, by its path below them. */
export function record(file: string): string {
  return readFileSync(new URL(file, RECORDS), 'utf8');
}

/** Its lines that are not empty. */
export function lines(file: string): readonly string[] {
  return record(file).split('\n').filter(Boolean);
}
