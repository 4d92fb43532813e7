import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { FIGURES } from '../proof/parts.ts';
import { seeded } from '../real/world.ts';
import { until } from '../support/tmux.ts';
import { liveAgents } from '../tasks/agents.ts';
import { chaos } from '../tasks/chaos.ts';
import { countRuns } from '../tasks/count-runs.ts';
import { snapshot } from '../tasks/places.ts';
import { taskFleet } from '../tasks/task-fleet.ts';

/*
 * `node test/chaos/soak.ts [SECONDS]`: one loop on a fleet in use, for five minutes in which its agents go through
 * half an hour, while agents, panes, sessions and the server are killed and stopped all the time. Its memory and its
 * open files must be as flat at the end as they were at the beginning, and each task must have run at most once.
 */

const SECONDS = Number(process.argv[2] ?? 300);
const SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_123);
/** The agents' clocks run so much faster. */
const SPEED = 6;
const SESSIONS = 4;
const ACTS = ['done-by-verb', 'end-of-turn', 'done-by-file', 'fail-by-verb', 'busy', 'crash'];

interface Sample {
  readonly rssMiB: number;
  readonly files: number;
}

const fleet = taskFleet({ min: SESSIONS, max: SESSIONS, speed: SPEED, every: '1s' });
try {
  const ids: string[] = [];
  const loop = await fleet.loop();
  const blows = chaos(fleet, seeded(SEED), 1000);
  const samples: Sample[] = [];
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; await sleep(1000)) {
    samples.push(sampleOf(loop.pid));
    if (waiting() < SESSIONS) put();
  }
  await blows.end();
  await until(() => open() === 0 && liveAgents(fleet.home).length === 0, 180_000).catch(() => undefined);
  const cycles = Number(/"cycle":(\d+)/.exec(loop.out().slice(-2000))?.[1] ?? 0);
  loop.kill('SIGTERM');
  const { code, err } = await loop.ended;
  const counted = countRuns(fleet, ids, () => 1);
  const growth = growthOf(samples);
  const problems = [
    ...(code === 0 ? [] : [`the loop ended with ${String(code)}: ${err.slice(0, 500)}`]),
    ...(open() === 0 ? [] : [`${String(open())} tasks have not ended`]),
    ...counted.problems,
    ...(blows.count() > SECONDS / 20 ? [] : [`only ${String(blows.count())} blows`]),
    ...growth.problems,
  ];
  const figures = {
    seconds: SECONDS,
    'agent seconds': SECONDS * SPEED,
    tasks: ids.length,
    runs: counted.total,
    blows: blows.count(),
    ...(cycles > 0 ? { cycles } : {}),
    ...growth.figures,
  };
  process.stdout.write(`${JSON.stringify(blows.done)}\n${FIGURES}${JSON.stringify(figures)}\n`);
  for (const problem of problems) process.stdout.write(`VIOLATION ${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;

  function put(): void {
    const id = `t${String(ids.length).padStart(4, '0')}`;
    fleet.put(id, `mark: ${id}.\nact: ${ACTS[ids.length % ACTS.length] ?? ''}\n`);
    ids.push(id);
  }
} finally {
  await fleet.cleanup();
}

function waiting(): number {
  return snapshot(fleet.inbox).filter(({ place }) => place === 'inbox').length;
}

function open(): number {
  return snapshot(fleet.inbox).filter(({ place }) => place === 'inbox' || place === 'claimed').length;
}

function sampleOf(pid: number): Sample {
  const pages = Number(readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[1]);
  return { rssMiB: (pages * 4096) / 2 ** 20, files: readdirSync(`/proc/${String(pid)}/fd`).length };
}

/** The second fifth against the last: before it, the loop has not seen everything once. */
function growthOf(samples: readonly Sample[]) {
  const fifth = Math.floor(samples.length / 5);
  const [early, late] = [samples.slice(fifth, 2 * fifth), samples.slice(-fifth)];
  const [before, after] = [
    median(early.map(({ rssMiB }) => rssMiB)),
    median(late.map(({ rssMiB }) => rssMiB)),
  ];
  const [files, filesAfter] = [
    median(early.map((each) => each.files)),
    median(late.map((each) => each.files)),
  ];
  return {
    figures: {
      'RSS MiB early': Math.round(before),
      'RSS MiB late': Math.round(after),
      'RSS MiB most': Math.round(Math.max(...samples.map(({ rssMiB }) => rssMiB))),
      'open files early': files,
      'open files late': filesAfter,
      'open files most': Math.max(...samples.map((each) => each.files)),
    },
    problems: [
      // A collector frees when it likes: a fifth and some MiB are no leak yet.
      ...(after > before * 1.2 + 10 ? [`memory grows: ${before.toFixed(0)} to ${after.toFixed(0)} MiB`] : []),
      ...(filesAfter > files + 3 ? [`open files grow: ${String(files)} to ${String(filesAfter)}`] : []),
    ],
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
