import { read } from '../src/model/reading.ts';
import { plan } from '../src/plan/plan.ts';
import { desired, input, observed, pool, server, session } from '../test/support/fleet.ts';
import { machine, median, table, timed } from './measure.ts';

const SIZES = [
  { pools: 1, sessions: 100 },
  { pools: 10, sessions: 1_000 },
  { pools: 100, sessions: 10_000 },
];
const ROUNDS = 15;

/** What `plan` itself costs, by the number of sessions observed: no tmux, no file, one process. Markdown. */
export async function planningTable(): Promise<string> {
  const rows: string[][] = [];
  for (const size of SIZES) rows.push(await row(size));
  return [
    `Median of ${String(ROUNDS)} rounds, milliseconds. ${machine()}.`,
    '',
    table(['sessions', 'pools', 'actions planned', 'in step', 'with those actions'], rows),
  ].join('\n');
}

async function row({ pools, sessions }: (typeof SIZES)[number]): Promise<string[]> {
  const inStep = world(pools, sessions, false);
  const broken = world(pools, sessions, true);
  if (plan(inStep).actions.length > 0) throw new Error('a fleet in step has something to do');
  const actions = plan(broken).actions.length;
  if (actions === 0) throw new Error('a broken fleet has nothing to do');
  const times = { inStep: await planning(inStep), broken: await planning(broken) };
  return [String(sessions), String(pools), String(actions), times.inStep.toFixed(1), times.broken.toFixed(1)];
}

async function planning(given: ReturnType<typeof world>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push(
      await timed(() => {
        plan(given);
      }),
    );
  }
  return median(times);
}

/** Pools of 100; where it is broken, one session in ten has ended. Limits are out of the way: all is planned at once. */
function world(pools: number, count: number, broken: boolean) {
  const names = Array.from({ length: pools }, (_, index) => `p${String(index)}`);
  const state = desired({
    pools: Object.fromEntries(names.map((name) => [name, pool({ prefix: `${name}-`, min: 100, max: 100 })])),
    reconcile: {
      everyMs: 15_000,
      maxActions: count,
      maxDisruptions: { type: 'count', count },
      prune: 'owned',
    },
  });
  const sessions = Array.from({ length: count }, (_, index) => {
    const name = `p${String(Math.floor(index / 100))}-${String(index % 100)}`;
    return session(index + 1, name, broken && index % 10 === 0 ? 'ended' : 'free');
  });
  return input(state, observed(state, { tmux: read(server(sessions)) }));
}
