/** Something whose states can be told apart, followed and judged. */
export interface System<S> {
  readonly start: S;
  /** Equal for states that go on alike. */
  readonly key: (state: S) => string;
  /** All that may happen next. */
  readonly steps: (state: S) => readonly Step<S>[];
  /** What must never be so and is; null: all is well. */
  readonly wrong: (state: S) => string | null;
  /** Goes on from a state without any more mishaps, until `isKnown` says that its end is known already. */
  readonly calm: (state: S, isKnown: (key: string) => boolean) => Promise<Calm>;
}

export interface Step<S> {
  readonly label: string;
  readonly take: () => S | Promise<S>;
}

/** How it went on when nothing more went wrong. */
export interface Calm {
  /** What is not as it is to be in the end; null: all is well. */
  readonly left: string | null;
  /** The states it went through. */
  readonly keys: readonly string[];
  readonly labels: readonly string[];
}

export interface Found {
  readonly states: number;
  readonly steps: number;
  /** Every state that can be reached was seen; false: the bound was met first. */
  readonly complete: boolean;
  readonly problem: Problem | null;
}

/** Something wrong, and the shortest way to it. */
export interface Problem {
  readonly what: string;
  readonly labels: readonly string[];
}

interface Seen {
  readonly from: number;
  readonly label: string;
}

/**
 * Sees every state that can be reached, at most `maxStates` of them; judges each, and sees whether everything still
 * comes to its end from there. Stops at the first problem. Nearest first, so that the way to a problem is the shortest;
 * or, with a seed, wherever chance leads: where not all can be seen, deep ones are among those that are.
 */
export async function explore<S>(
  system: System<S>,
  maxStates: number,
  seed: number | null = null,
): Promise<Found> {
  const seen = new Set<string>();
  const ways: Seen[] = [];
  const ends = new Set<string>();
  const frontier = frontierOf<{ readonly state: S; readonly number: number }>(seed);
  let steps = 0;
  const judge = async (state: S, number: number): Promise<Problem | null> => {
    const what = system.wrong(state);
    if (what !== null) return { what, labels: wayTo(ways, number) };
    const calm = await system.calm(state, (key) => ends.has(key));
    if (calm.left !== null) {
      return { what: calm.left, labels: [...wayTo(ways, number), '-- no more mishaps --', ...calm.labels] };
    }
    for (const key of calm.keys) ends.add(key);
    return null;
  };
  const enter = async (state: S, from: number, label: string): Promise<Problem | null> => {
    const key = system.key(state);
    if (seen.has(key)) return null;
    seen.add(key);
    const number = ways.push({ from, label }) - 1;
    frontier.add({ state, number });
    return judge(state, number);
  };
  const found = (problem: Problem | null, complete: boolean): Found => ({
    states: ways.length,
    steps,
    complete,
    problem,
  });
  const first = await enter(system.start, -1, 'start');
  if (first !== null) return found(first, false);
  for (let next = frontier.take(); next !== undefined; next = frontier.take()) {
    if (ways.length >= maxStates) return found(null, false);
    for (const step of system.steps(next.state)) {
      steps += 1;
      const taken = step.take();
      const problem = await enter(taken instanceof Promise ? await taken : taken, next.number, step.label);
      if (problem !== null) return found(problem, false);
    }
  }
  return found(null, true);
}

interface Frontier<T> {
  readonly add: (item: T) => void;
  readonly take: () => T | undefined;
}

/** First in, first out; with a seed, any of them. */
function frontierOf<T>(seed: number | null): Frontier<T> {
  const items: T[] = [];
  if (seed === null) {
    let taken = 0;
    return {
      add: (item) => items.push(item),
      take: () => {
        const item = items[taken];
        taken += 1;
        // Now and then, for each time moves all of them.
        if (taken > 10_000) taken -= items.splice(0, taken).length;
        return item;
      },
    };
  }
  let chance = seed;
  return {
    add: (item) => items.push(item),
    take: () => {
      chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
      const at = Math.floor((chance / 2 ** 32) * items.length);
      const [item] = items.splice(at, 1);
      return item;
    },
  };
}

function wayTo(ways: readonly Seen[], number: number): readonly string[] {
  const labels: string[] = [];
  for (let at = number; at > 0; at = ways[at]?.from ?? 0) labels.push(ways[at]?.label ?? '');
  return labels.toReversed();
}

/** The steps of a problem as lines, without the calls that only looked. */
export function story({ what, labels }: Problem): string {
  const looks =
    /^R\d (?:lstat|stat|names|read|tail|entries|bytes|list|stamps|being|processes|start of|environment)\b(?!.*\[)/;
  return [what, ...labels.filter((label) => !looks.test(label))].join('\n  ');
}
