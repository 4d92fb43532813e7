import { readFileSync } from 'node:fs';

/**
 * The systemd service that a process belongs to, by its cgroup path: what ends when that service is stopped. Null: it is
 * in none (a login's scope, no systemd), or that cannot be told.
 */
export function serviceOf(pid: number): string | null {
  try {
    return serviceIn(readFileSync(`/proc/${String(pid)}/cgroup`, 'utf8'));
  } catch {
    return null;
  }
}

/** The same for the text of a /proc/PID/cgroup: the innermost unit counts, and only where it is a service. */
export function serviceIn(text: string): string | null {
  // Where v1 and v2 are mixed, units are in systemd's own hierarchy.
  const lines = text.split('\n');
  const line =
    lines.find((each) => /^\d+:name=systemd:./.test(each) && !each.endsWith(':/')) ??
    lines.find((each) => each.startsWith('0::'));
  const path = line?.split(':').slice(2).join(':').split('/') ?? [];
  const unit = path.findLastIndex((part) => /\.(?:service|scope)$/.test(part));
  return path[unit]?.endsWith('.service') === true ? path.slice(0, unit + 1).join('/') : null;
}
