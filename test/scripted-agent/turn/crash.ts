import type { Ledger } from '../ledger.ts';

/** Ends the process as if it had died: by a signal where one is named, else with the code. Nothing is tidied up. */
export function crash(
  ledger: Ledger,
  code: number | null,
  signal: 'SIGKILL' | 'SIGSEGV' | null,
): Promise<never> {
  ledger({ event: 'exit', code: signal === null ? (code ?? 1) : null, signal, orderly: false });
  if (signal === null) process.exit(code ?? 1);
  process.kill(process.pid, signal);
  return new Promise(() => {});
}
