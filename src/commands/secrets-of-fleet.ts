import { readFileSync } from 'node:fs';
import { pathFacts } from '../host/doctor/path-facts.ts';
import type { ChannelSpec, DesiredState, Secret } from '../model/desired.ts';
import type { Io } from './io.ts';

/** The values of every secret that the file names, as far as they are there: to be hidden, never to be shown. */
export function secretsOfFleet(desired: DesiredState | null, env: Io['env']): readonly string[] {
  if (desired === null) return [];
  const agents = Object.values(desired.agents).flatMap((agent) => Object.values(agent.env));
  const channels = Object.values(desired.notify.channels).flatMap(secretsIn);
  return [...agents, ...channels].flatMap((value) => {
    if (typeof value === 'string') return [];
    const text = value.type === 'env' ? env[value.name] : fileText(value.path);
    return text === undefined || text === '' ? [] : [text];
  });
}

/** The secrets of a channel, and what else stands where one may. */
export function secretsIn(channel: ChannelSpec): readonly (string | Secret)[] {
  if (channel.type === 'telegram') return [channel.token];
  if (channel.type === 'resend') return [channel.key];
  return channel.type === 'webhook' ? Object.values(channel.headers) : [];
}

const MOST_BYTES = 64 * 1024;

function fileText(path: string): string {
  const found = pathFacts(path);
  if (found === null || typeof found === 'string' || found.type !== 'file') return '';
  try {
    return readFileSync(path, 'utf8').slice(0, MOST_BYTES).trimEnd();
  } catch {
    return '';
  }
}
