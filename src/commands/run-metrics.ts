import type { Logger } from 'pino';
import { codeOf } from '../host/files/answered.ts';
import { type MetricsServer, serveMetrics } from '../host/metrics-server.ts';
import type { Journal } from '../host/state/journal.ts';
import { metrics } from '../loop/metrics.ts';
import type { Cycle } from '../loop/run.ts';
import { isLoopback, type MetricsAddress, metricsAddress } from '../model/metrics-address.ts';
import { EXIT } from '../model/words.ts';
import { type Context, type Invocation, textOption } from './context.ts';
import { ownVersion } from './own-version.ts';
import { Stop } from './stop.ts';

/** What `run --metrics` counts and serves. */
export interface ServedMetrics {
  readonly cycled: (cycle: Cycle) => void;
  /** The same journal, each line of which is counted. */
  readonly counting: (journal: Journal) => Journal;
  readonly close: () => Promise<void>;
}

/** The address asked for; null: none. Ends with 64 where it is none. */
export function askedAddress(invocation: Invocation): MetricsAddress | null {
  const text = textOption(invocation, 'metrics');
  const address = text === null ? null : metricsAddress(text);
  if (text !== null && address === null)
    throw new Stop(EXIT.usage, `--metrics ${text}: not an address, such as 127.0.0.1:9464 or 9464`);
  return address;
}

/** Begins to serve; where nobody asked for it, nothing is counted either. Ends with 1 where it cannot listen. */
export async function openMetrics(
  { io }: Context,
  address: MetricsAddress | null,
  fleet: string,
  log: Logger,
): Promise<ServedMetrics> {
  if (address === null)
    return { cycled: () => undefined, counting: (journal) => journal, close: () => Promise.resolve() };
  const own = metrics({ version: ownVersion(), fleet, now: () => io.now() });
  const server = await listen(address, () => own.text());
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  const where = `http://${host}:${String(server.port)}/metrics`;
  log.info({ where }, 'metrics served');
  if (!isLoopback(address)) log.warn({ where }, 'whoever reaches this address can read the metrics');
  return {
    cycled: (cycle) => own.cycled(cycle),
    counting: (journal) => ({
      append(event) {
        own.heard(event);
        journal.append(event);
      },
    }),
    close: () => server.close(),
  };
}

async function listen(address: MetricsAddress, text: () => string): Promise<MetricsServer> {
  try {
    return await serveMetrics(address, text);
  } catch (error) {
    const where = `${address.host}:${String(address.port)}`;
    const why = WHY[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
    throw new Stop(EXIT.failed, `metrics cannot be served on ${where}: ${why}`);
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'a port below 1024 needs rights that Rollcall should not have',
  EADDRNOTAVAIL: 'it is no address of this machine',
  ENOTFOUND: 'the name is not known',
};
