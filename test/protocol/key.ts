import type { World } from '../sim/machine/world.ts';

/** Small numbers for values: the same for equal ones, however they came about. */
export class Numbers {
  private readonly byText = new Map<string, number>();
  private readonly byObject = new WeakMap<object, number>();

  /** The number of a world: equal worlds have equal texts. */
  world(world: World): string {
    const { files, tmux, processes, late, starts, now, nextPid, lives } = world;
    return [
      this.of(files, () => this.files(files)),
      tmux === null ? -1 : this.of(tmux),
      this.of(processes),
      this.of(late),
      this.of(starts),
      now,
      nextPid,
      lives,
    ].join('.');
  }

  private files(files: World['files']): string {
    return Object.keys(files)
      .toSorted()
      .map((path) => {
        const node = files[path];
        return `${path}=${String(node === undefined ? -1 : this.of(node))}`;
      })
      .join('|');
  }

  private of(value: object, text = (): string => canonical(value)): number {
    const known = this.byObject.get(value);
    if (known !== undefined) return known;
    const key = text();
    const number = this.byText.get(key) ?? this.byText.size;
    this.byText.set(key, number);
    this.byObject.set(value, number);
    return number;
  }
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
