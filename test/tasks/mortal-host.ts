import type { HostWriter } from '../../src/model/host.ts';
import { eachEffect } from './each-effect.ts';

/** Where in an effect the process dies: `during` it was asked for and not waited for. */
export const MOMENTS = ['before', 'during', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Death {
  /** Which effect of the process it is, from 1. */
  readonly number: number;
  readonly moment: Moment;
  /** Only effects of this name are counted; null: all are. */
  readonly only: string | null;
  /** Told right before it dies: what the effect was. */
  readonly onDeath: (effect: string) => void;
  /** Told of every effect that was survived. */
  readonly onEffect?: (effect: string) => void;
}

/** A host under which this process ends itself by SIGKILL at one of its effects. */
export function mortalHost(host: HostWriter, { number, moment, only, onDeath, onEffect }: Death): HostWriter {
  let effects = 0;
  const mortally = async <R>(effect: string, carryOut: () => Promise<R>): Promise<R> => {
    onEffect?.(effect);
    if (only === null || only === effect) effects += 1;
    if (effects !== number || (only !== null && only !== effect)) return await carryOut();
    const die = (): void => {
      onDeath(effect);
      process.kill(process.pid, 'SIGKILL');
    };
    if (moment === 'before') die();
    const asked = carryOut();
    if (moment === 'during') setTimeout(die, 1);
    const answer = await asked;
    die();
    return answer;
  };
  return eachEffect(host, mortally);
}
