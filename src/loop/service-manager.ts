import type { Notifier } from '../host/notify.ts';
import type { Cycle } from './run.ts';

/** What the loop tells the service manager, and when; without one, nothing. */
export interface ServiceManager {
  /** Longest time between two looks, milliseconds, for the watchdog to be fed in time; Infinity: as long as you like. */
  readonly longestWaitMs: number;
  /** The first look is over: the loop is up, whatever there is to do. */
  looked(): void;
  /** A cycle is complete: what the watchdog waits for. Nothing else feeds it, least of all a timer. */
  cycled(cycle: Cycle): void;
  /** SIGHUP: until the next cycle is complete. */
  reloading(): void;
  stopping(): void;
  /** Waits a moment for the last word to leave. */
  farewell(): Promise<void>;
}

/** Feeds `notifier` from the events of the loop. Never waits for it within a cycle. */
export function serviceManager(notifier: Notifier | null): ServiceManager {
  let ready = false;
  let stopping = false;
  const tell = (fields: Readonly<Record<string, string>>): void => {
    if (!stopping) notifier?.tell(fields);
  };
  const getReady = (): Readonly<Record<string, string>> => {
    const fields = ready ? {} : { READY: '1' };
    ready = true;
    return fields;
  };
  return {
    longestWaitMs: notifier?.watchdogMs ?? Infinity,
    looked() {
      if (!ready) tell(getReady());
    },
    cycled(cycle) {
      tell({ ...getReady(), WATCHDOG: '1', STATUS: statusLine(cycle) });
    },
    reloading() {
      if (!ready) return;
      ready = false;
      tell({ RELOADING: '1' });
    },
    stopping() {
      tell({ STOPPING: '1', STATUS: 'Ending; the sessions stay' });
      stopping = true;
    },
    farewell: async () => notifier?.sent(FAREWELL_MS),
  };
}

const FAREWELL_MS = 1000;

/** One line for `systemctl status`. */
function statusLine({ phase, look, problems }: Cycle): string {
  const { plan } = look;
  const parts = [
    ...(problems.length > 0 ? ['the file is bad, the last good one is in force'] : []),
    ...(plan.actions.length > 0 ? [`${String(plan.actions.length)} to do`] : []),
    ...(plan.withheld.length > 0 ? [`${String(plan.withheld.length)} withheld`] : []),
  ];
  return [phase, ...(parts.length > 0 ? [parts.join(', ')] : [])].join(': ');
}
