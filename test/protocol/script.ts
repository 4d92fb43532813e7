import type { HostWriter } from '../../src/model/host.ts';
import { type Call, hostOn } from '../sim/machine/host.ts';

/**
 * A reconciler: it looks and says what is to be done, and does one thing after the other. Jobs and memory are plain
 * JSON, and both functions depend on nothing but their arguments and what the host answers.
 */
export interface Reconciler<Job, Memory> {
  readonly memory: Memory;
  /** The folder in which each attempt has one of its own. */
  readonly runsDir: string;
  readonly look: (
    host: HostWriter,
    memory: Memory,
  ) => Promise<{ readonly jobs: readonly Job[]; readonly memory: Memory }>;
  /** False: the rest of the jobs is not done. */
  readonly act: (host: HostWriter, job: Job) => Promise<boolean>;
  /** Ids of attempts that a job begins. */
  readonly begins: (job: Job) => readonly string[];
}

/**
 * Where a reconciler stands between two calls: it remembers the answers since it began to look or to act, and nothing
 * else, so it can be put there again by running it from there. Two that stand at one place go on alike.
 */
export interface Stand {
  readonly id: number;
  /** The call it waits for; null: it rests, and may begin to look at any time. */
  readonly call: Call | null;
  /** Of the look it is in; null: none. */
  readonly nonce: number | null;
  /** Attempts it is about to begin. */
  readonly begins: readonly string[];
}

interface Course<Job, Memory> {
  readonly memory: Memory;
  /** Null: it looks; else what is still to be done, the one at hand first. */
  readonly jobs: readonly Job[] | null;
  readonly nonce: number | null;
  readonly begunAt: number;
}

interface Answer {
  readonly value: unknown;
  readonly at: number;
}

interface Place<Job, Memory> extends Stand {
  readonly course: Course<Job, Memory>;
  readonly answers: readonly Answer[];
  readonly next: Map<string, Stand>;
}

/** All places a reconciler has been seen at. Answers are given by replaying, each replay once. */
export class Script<Job, Memory> {
  private readonly reconciler: Reconciler<Job, Memory>;
  private readonly places: Place<Job, Memory>[] = [];
  private readonly rests = new Map<string, Stand>();
  private readonly begun = new Map<string, Stand>();
  /** Attempts by the nonce of the look that thought them up. */
  private readonly idsOf = new Map<number, Set<string>>();
  /** How often the product's code was run from a beginning. */
  replays = 0;

  constructor(reconciler: Reconciler<Job, Memory>) {
    this.reconciler = reconciler;
  }

  /** Freshly started. */
  start(): Stand {
    return this.rest(this.reconciler.memory);
  }

  /** Attempts that came of looks with this nonce. */
  ids(nonce: number): ReadonlySet<string> {
    return this.idsOf.get(nonce) ?? new Set();
  }

  /** Where a resting reconciler stands when it has begun to look. */
  begin(stand: Stand, nonce: number, at: number): Stand | Promise<Stand> {
    const { memory } = this.place(stand).course;
    return this.enter({ memory, jobs: null, nonce, begunAt: at });
  }

  /** Where it stands after its call was answered. */
  answer(stand: Stand, value: unknown, at: number): Stand | Promise<Stand> {
    const place = this.place(stand);
    const key = `${String(at)} ${JSON.stringify(value)}`;
    return place.next.get(key) ?? this.follow(place, key, { value, at });
  }

  private async follow(place: Place<Job, Memory>, key: string, answer: Answer): Promise<Stand> {
    const next = await this.replay(place.course, [...place.answers, answer]);
    place.next.set(key, next);
    return next;
  }

  private enter(course: Course<Job, Memory>): Stand | Promise<Stand> {
    const key = JSON.stringify(course);
    const known = this.begun.get(key);
    if (known !== undefined) return known;
    return this.replay(course, []).then((stand) => {
      this.begun.set(key, stand);
      return stand;
    });
  }

  /** Runs the course from its beginning through these answers, to the next call or beyond its end. */
  private replay(course: Course<Job, Memory>, answers: readonly Answer[]): Promise<Stand> {
    this.replays += 1;
    return whileTimeStands(() => this.runThrough(course, answers));
  }

  private async runThrough(course: Course<Job, Memory>, answers: readonly Answer[]): Promise<Stand> {
    let asked = 0;
    let at = course.begunAt;
    const waiting: Call[] = [];
    // What was answered before is answered at once: the n-th question rests on nothing but the answers before it.
    const ask = (call: Call): Promise<unknown> => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined) {
        waiting.push(call);
        return new Promise(() => undefined);
      }
      ({ at } = answer);
      return Promise.resolve(answer.value);
    };
    const host = hostOn(ask, {
      now: () => at,
      nonce: () => nonceText(course.nonce),
      runsDir: this.reconciler.runsDir,
    });
    let end: Omit<Course<Job, Memory>, 'nonce'> | null = null;
    let problem: unknown = null;
    this.run(course, host).then(
      (next) => (end = next),
      (error: unknown) => (problem = error),
    );
    await settled();
    if (problem !== null) throw problem;
    if (end !== null) return this.onwards(end);
    const [call] = waiting;
    if (call === undefined) throw new Error('a reconciler waits for something that is no call on its host');
    const begins = (course.jobs ?? []).flatMap((job) => this.reconciler.begins(job));
    return this.add({ call, nonce: course.nonce, begins, course, answers });
  }

  /** What a course comes to: what is left to do, and what is remembered. */
  private async run(
    course: Course<Job, Memory>,
    host: HostWriter,
  ): Promise<Omit<Course<Job, Memory>, 'nonce'>> {
    const { memory, jobs } = course;
    if (jobs === null) {
      const looked = await this.reconciler.look(host, memory);
      this.note(course.nonce, looked.jobs);
      return { jobs: plain(looked.jobs), memory: plain(looked.memory), begunAt: host.now() };
    }
    const [job, ...rest] = jobs;
    const goesOn = job === undefined || (await this.reconciler.act(host, job));
    return { jobs: goesOn ? rest : [], memory, begunAt: host.now() };
  }

  private onwards({ jobs, memory, begunAt }: Omit<Course<Job, Memory>, 'nonce'>): Stand | Promise<Stand> {
    return jobs === null || jobs.length === 0
      ? this.rest(memory)
      : this.enter({ memory, jobs, nonce: null, begunAt });
  }

  private note(nonce: number | null, jobs: readonly Job[]): void {
    if (nonce === null) return;
    const ids = this.idsOf.get(nonce) ?? new Set();
    for (const id of jobs.flatMap((job) => this.reconciler.begins(job))) ids.add(id);
    this.idsOf.set(nonce, ids);
  }

  private rest(memory: Memory): Stand {
    const key = JSON.stringify(memory);
    const known = this.rests.get(key);
    if (known !== undefined) return known;
    const course = { memory, jobs: null, nonce: null, begunAt: 0 };
    const stand = this.add({ call: null, nonce: null, begins: [], course, answers: [] });
    this.rests.set(key, stand);
    return stand;
  }

  private add(place: Omit<Place<Job, Memory>, 'id' | 'next'>): Stand {
    const added = { ...place, id: this.places.length, next: new Map<string, Stand>() };
    this.places.push(added);
    return added;
  }

  private place({ id }: Stand): Place<Job, Memory> {
    const place = this.places[id];
    if (place === undefined) throw new Error('a stand of another script');
    return place;
  }
}

function nonceText(nonce: number | null): string {
  if (nonce === null) throw new Error('a nonce is asked for outside of a look');
  // It differs within its first digits: whoever takes only those gets another one, too.
  return (0xa0000 + nonce).toString(16).padEnd(32, '0');
}

/** As it would be after a write and a read: what is undefined is gone. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A look lets others have a turn when it has taken long: by no clock but the world's may it go one way or another. */
async function whileTimeStands<T>(run: () => Promise<T>): Promise<T> {
  const now = performance.now.bind(performance);
  performance.now = () => 0;
  try {
    return await run();
  } finally {
    performance.now = now;
  }
}

/** Everything that can go on without an answer has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
