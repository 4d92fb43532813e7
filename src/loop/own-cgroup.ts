import { serviceOf } from '../host/service-of.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Observed } from '../model/observed.ts';

/**
 * Whether the tmux server lives in the very service that the loop, process `loopPid`, runs in: then what ends the
 * loop's unit ends every session. Null: it does not, or there is no such service.
 */
export function tmuxInOwnCgroup(
  observed: Observed,
  loopPid: number,
  service: (pid: number) => string | null = serviceOf,
): Diagnostic | null {
  const { tmux } = observed;
  if (!tmux.ok || tmux.value.type === 'none') return null;
  const { pid } = tmux.value.incarnation;
  const own = service(loopPid);
  if (own === null || service(pid) !== own) return null;
  const unit = own.slice(own.lastIndexOf('/') + 1);
  return {
    severity: 'warning',
    code: 'tmux-in-own-cgroup',
    target: 'tmux',
    summary: 'The tmux server lives in the unit of the loop',
    detail: `Server ${String(pid)} belongs to ${unit}, as the loop does: a restart or a crash of that unit may kill every session.`,
    help: 'Before the next restart of the unit: rollcall unit, which gives tmux a unit of its own; for now: systemctl edit with KillMode=process',
  };
}
