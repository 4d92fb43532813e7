/** Where metrics are served. */
export interface MetricsAddress {
  /** A name or an address, without brackets. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`, or a port alone on 127.0.0.1; null: none of these. */
export function metricsAddress(text: string): MetricsAddress | null {
  const found = /^(?:(?<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):)?(?<port>\d{1,5})$/.exec(text)?.groups;
  if (found === undefined) return null;
  const { host = '127.0.0.1' } = found;
  const port = Number(found['port']);
  if (port > 65_535) return null;
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port };
}

/** Whether nobody but this machine can reach it there. */
export function isLoopback({ host }: MetricsAddress): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
