import type { RegistryFact } from '../model/run.ts';
import { oneRow } from './foreign-text.ts';
import type { Profile } from './profile.ts';
import { type AgentRecord, recordOf, timeAt, valueAt } from './record.ts';
import type { RegistryProfile } from './record-schema.ts';

/** Absolute: the file in which a running agent says what it does; null where it says that nowhere. */
export function registryPath({ sessions, registry }: Profile, home: string, pid: number): string | null {
  return sessions === undefined || registry === undefined ? null : `${home}/${sessions}/${String(pid)}.json`;
}

/**
 * What that file says of this very process; null where it is of another one (a process that was killed leaves its file
 * behind, and its number is used again), or says nothing that is known.
 */
export function readRegistry(
  { registry }: Profile,
  text: string,
  process: { readonly pid: number; readonly start: string },
): RegistryFact | null {
  const record = recordOf(text);
  if (registry === undefined || record === null || !isOf(registry, record, process)) return null;
  const word = valueAt(record, registry.status);
  if (typeof word !== 'string' || !Object.hasOwn(registry.states, word)) return null;
  const status = registry.states[word];
  const at = registry.at.map((field) => timeAt(record, field)).find((time) => time !== null);
  if (status === undefined || at === undefined) return null;
  const waitingFor = registry.waitingFor === undefined ? null : valueAt(record, registry.waitingFor);
  return { status, at, waitingFor: typeof waitingFor === 'string' ? oneRow(waitingFor) : null };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The conversation that this very process says it is in; null where it says none, or what it says is no UUID. */
export function readConversation(
  { registry }: Profile,
  text: string,
  process: { readonly pid: number; readonly start: string },
): string | null {
  const record = recordOf(text);
  if (registry?.conversation === undefined || record === null || !isOf(registry, record, process))
    return null;
  const id = valueAt(record, registry.conversation);
  return typeof id === 'string' && UUID.test(id) ? id : null;
}

function isOf(
  registry: RegistryProfile,
  record: AgentRecord,
  process: { readonly pid: number; readonly start: string },
): boolean {
  const start = valueAt(record, registry.start);
  return (
    valueAt(record, registry.pid) === process.pid &&
    (start === process.start || (typeof start === 'number' && String(start) === process.start))
  );
}
