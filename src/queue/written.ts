/** What a task's paths are relative to. Both absolute. */
export interface TaskContext {
  /** What `~` stands for. */
  readonly home: string;
  /** The inbox's. */
  readonly cwd: string;
}

/** One value of a frontmatter as written. */
export interface Written {
  readonly text: string;
  readonly quoted: boolean;
  /** Its line in the file, from 1. */
  readonly line: number;
}

/** What YAML takes for nothing where it stands without quotes. */
export function isNull(value: unknown): boolean {
  return value === '' || value === '~' || value === 'null' || value === 'Null' || value === 'NULL';
}

/** A mistake, for a person: what is wrong and what to do, one row. */
export interface Problem {
  readonly line: number;
  readonly text: string;
}
