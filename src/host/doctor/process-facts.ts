import { readFileSync } from 'node:fs';

/** What a process was shut out of, which all that it starts is, too; null where it cannot be told. */
export function noNewPrivileges(pid: number): boolean | null {
  const status = textOf(`/proc/${String(pid)}/status`);
  const found = /^NoNewPrivs:\s*([01])$/m.exec(status ?? '')?.[1];
  return found === undefined ? null : found === '1';
}

/** Whether one process too many in the control group of this one ends them all; null where it cannot be told. */
export function diesTogether(pid: number): boolean | null {
  const group = /^0::(\/.*)$/m.exec(textOf(`/proc/${String(pid)}/cgroup`) ?? '')?.[1];
  const word = group === undefined ? null : textOf(`/sys/fs/cgroup${group}/memory.oom.group`);
  return word === null ? null : word.trim() === '1';
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
