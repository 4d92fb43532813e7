/**
 * Whether a path is among those a glob means. Both absolute and normal. Within a name `*` stands for anything and `?`
 * for one character; `**` as a whole name stands for any number of names: `dir` is itself, `dir/*` its children,
 * `dir/**` itself and all below. As in a shell, a name that begins with a dot is meant only where its dot is written:
 * `~/**` lets nobody into `~/.ssh`. Takes time proportional to the product of both lengths at most.
 */
export function matchesGlob(glob: string, path: string): boolean {
  return leadsThrough(namesOf(glob), namesOf(path), '**', matchesName, (name) => !name.startsWith('.'));
}

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '');
}

function matchesName(glob: string, name: string): boolean {
  if (name.startsWith('.') && !glob.startsWith('.')) return false;
  return leadsThrough(Array.from(glob), Array.from(name), '*', matchesCharacter, () => true);
}

function matchesCharacter(glob: string, character: string): boolean {
  return glob === '?' || glob === character;
}

/**
 * Whether the steps lead from the first item to the end: `many` over any number of items it may pass, each other step
 * over one that `isOne` accepts. Keeps every place reached so far, so it never goes back.
 */
function leadsThrough(
  steps: readonly string[],
  items: readonly string[],
  many: string,
  isOne: (step: string, item: string) => boolean,
  mayPass: (item: string) => boolean,
): boolean {
  let reached = [true, ...items.map(() => false)];
  for (const step of steps) {
    const next = [step === many && reached[0] === true];
    for (const [index, item] of items.entries()) {
      next.push(
        step === many
          ? reached[index + 1] === true || (next[index] === true && mayPass(item))
          : reached[index] === true && isOne(step, item),
      );
    }
    reached = next;
  }
  return reached.at(-1) === true;
}
