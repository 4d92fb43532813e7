import { counter, type Family, gauge } from '../report/exposition.ts';

/** The loop's own process, under the names that every Prometheus client gives them. */
export function processFamilies(now: number): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    counter('process_cpu_seconds_total', 'CPU time of the loop.', [
      { labels: {}, value: (user + system) / 1e6 },
    ]),
    gauge('process_resident_memory_bytes', 'Memory of the loop.', [
      { labels: {}, value: process.memoryUsage.rss() },
    ]),
    gauge('process_start_time_seconds', 'When the loop was started.', [
      { labels: {}, value: Math.round(now / 1000 - process.uptime()) },
    ]),
  ];
}
