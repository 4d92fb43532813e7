import { poolIndex, poolSessionName } from '../model/desired.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Source } from '../model/source.ts';
import { pointerStep, sourceOf } from '../model/source.ts';
import type { About, Fact } from './about.ts';
import { restartHold } from './deaths.ts';
import { durationWords } from './duration.ts';
import { entriesOf } from './order.ts';
import type { Sighting } from './sight.ts';
import { runsOf } from './runs.ts';
import { poolPlaces, sightings } from './sight.ts';
import { runFacts } from './why-task.ts';

/** What there is to say of a session; null: neither declared nor there. */
export function aboutSession(input: PlanInput, name: string): About | null {
  const { desired } = input;
  const seen = sightings(desired, input.observed);
  const sighting = seen?.[name];
  const place = poolPlaces(desired.pools)(name);
  const dedicated = desired.dedicated[name];
  if (sighting === undefined && place === null && dedicated === undefined) return null;
  const because: Fact[] = [];
  if (dedicated !== undefined) {
    because.push({
      text: 'dedicated: made if missing, otherwise never touched',
      source: sourceOf(desired.sources, `/dedicated/${pointerStep(name)}`),
    });
  }
  if (place !== null) {
    const { spec, pool } = place;
    const first = poolSessionName(spec, spec.startIndex);
    const last = poolSessionName(spec, spec.startIndex + spec.max - 1);
    because.push({
      text: `pool ${pool} covers ${first} to ${last} and keeps ${String(spec.min)} alive`,
      source: sourceOf(desired.sources, `/pools/${pointerStep(pool)}`),
    });
  }
  if (place === null && dedicated === undefined) {
    because.push({
      text: 'no pool range and no dedicated name covers it',
      source: sourceOf(desired.sources, '/pools'),
    });
  }
  if (seen !== null) {
    const run = Object.values(runsOf(input, seen)).find(({ carrier }) => carrier?.name === name);
    const address = run?.record == null ? null : `task ${run.record.id} of inbox ${run.record.inbox}`;
    if (run !== undefined) {
      const state = run.judgement === null ? 'reserved' : run.judgement.state;
      because.push({ text: `${address ?? `attempt ${run.attempt}`}: ${state}`, source: null });
      because.push(...runFacts(input, run, null));
    }
  }
  const hold = restartHold(input, name);
  if (hold !== null) because.push({ text: hold.because, source: null });
  return {
    is: `${name} ${seen === null ? 'is not known: tmux could not be read' : whatIs(sighting)}`,
    because,
  };
}

function whatIs(sighting: Sighting | undefined): string {
  switch (sighting?.type) {
    case undefined:
      return 'is not there';
    case 'dedicated':
      return `is there (${sighting.session.id}), the operator's own`;
    case 'foreign':
      return `is there (${sighting.session.id}), not ours`;
    case 'other-fleet':
      return `is there (${sighting.session.id}) and belongs to fleet ${sighting.owner}`;
    case 'tampered':
      return `is there (${sighting.session.id}) with a contradicted stamp`;
    case 'pool': {
      const { life, session } = sighting;
      const state = {
        free: 'ours and free',
        task: 'ours, with a task',
        ended: 'ours, its process has ended',
        unknown: `ours, left alone: ${life.type === 'unknown' ? life.why : ''}`,
      }[life.type];
      return `is there (${session.id}), ${state}`;
    }
  }
}

/** What there is to say of a pool; null: not declared. */
export function aboutPool({ desired, observed }: PlanInput, name: string): About | null {
  const spec = desired.pools[name];
  if (spec === undefined) return null;
  const seen = sightings(desired, observed);
  const mine = entriesOf(seen ?? {}).filter(
    ([session, { type }]) => type === 'pool' && poolIndex(spec, session) !== null,
  );
  const at = (key: string): Source | null => sourceOf(desired.sources, `/pools/${pointerStep(name)}/${key}`);
  return {
    is: `pool ${name} has ${seen === null ? 'an unknown number of sessions' : count(mine.length)}`,
    because: [
      { text: `at least ${String(spec.min)} are kept alive`, source: at('min') },
      { text: `at most ${String(spec.max)}, from index ${String(spec.startIndex)}`, source: at('max') },
      { text: `a surplus goes after ${durationWords(spec.cooldownMs)} free`, source: at('cooldown') },
    ],
  };
}

function count(sessions: number): string {
  return sessions === 1 ? '1 session' : `${String(sessions)} sessions`;
}
