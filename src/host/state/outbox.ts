import { type Dirent, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelState,
  NEW_CHANNEL,
  type Notice,
  NOTICE_ID,
  type ObservedOutbox,
  type OutboxReading,
} from '../../model/notice.ts';
import { read, unreadable } from '../../model/reading.ts';
import { codeOf } from '../files/answered.ts';
import { isObject, isObjectOf, isText, isWhole, orNull, readJson } from './json.ts';
import { isNotice } from './notice-shape.ts';
import { reasonOf, stateProblem } from './problem.ts';
import { syncFolder, writeAtomic } from './write-atomic.ts';

/**
 * Messages that wait, one file each (`<id>.json`), `sent/` with those that went out, and `channels.json` with how each
 * channel is doing. A message is in exactly one place, and moves by rename.
 */
export function outboxFolder(stateDir: string): string {
  return join(stateDir, 'outbox');
}

/** What lies there. A folder that is not there yet is an empty outbox; files that are not ours are not seen. */
export function readOutbox(stateDir: string): OutboxReading {
  const folder = outboxFolder(stateDir);
  try {
    const waiting = idsIn(folder);
    const sent = idsIn(join(folder, 'sent'));
    const outbox: ObservedOutbox = { folder, waiting, sent, channels: readChannels(stateDir) };
    return read(outbox);
  } catch (error) {
    return unreadable(stateProblem(`${folder} cannot be read: ${reasonOf(error)}`));
  }
}

/** One waiting message; null: it is not there, or is no message. */
export function readNotice(stateDir: string, id: string): Notice | null {
  const file = readJson(fileIn(outboxFolder(stateDir), id));
  return file.type === 'ok' && isNotice(file.value) && file.value.id === id ? file.value : null;
}

/** It went out: remembered, so that it is not queued again. Throws errno errors. */
export function markSent(stateDir: string, id: string): void {
  const folder = outboxFolder(stateDir);
  renameSync(fileIn(folder, id), fileIn(join(folder, 'sent'), id));
  syncFolder(join(folder, 'sent'));
  syncFolder(folder);
}

/** It is given up. Throws errno errors. */
export function dropNotice(stateDir: string, id: string): void {
  rmSync(fileIn(outboxFolder(stateDir), id), { force: true });
  syncFolder(outboxFolder(stateDir));
}

/** Forgets messages that went out before `before` (epoch milliseconds); only files of ours, by name and kind. */
export function forgetSent(stateDir: string, before: number): void {
  const folder = join(outboxFolder(stateDir), 'sent');
  for (const id of idsIn(folder)) {
    const path = fileIn(folder, id);
    // When it was renamed, not when it was written: a message may have waited for long.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && found.ctimeMs < before) rmSync(path, { force: true });
  }
}

/** How the channels are doing, as the sender last said; a file that cannot be read says nothing. */
export function readChannels(stateDir: string): ObservedOutbox['channels'] {
  const file = readJson(channelsFile(stateDir));
  return file.type === 'ok' && isObjectOf(file.value, isChannelState) ? file.value : {};
}

/** Throws errno errors. */
export function writeChannels(stateDir: string, channels: ObservedOutbox['channels']): void {
  writeAtomic(channelsFile(stateDir), `${JSON.stringify(channels)}\n`);
}

function channelsFile(stateDir: string): string {
  return join(outboxFolder(stateDir), 'channels.json');
}

function fileIn(folder: string, id: string): string {
  // The id becomes part of a path: the last look at it.
  if (!NOTICE_ID.test(id)) throw new TypeError(`not a message's id: ${JSON.stringify(id)}`);
  return join(folder, `${id}.json`);
}

/** Sorted: oldest first. */
function idsIn(folder: string): readonly string[] {
  return entriesIn(folder)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ name }) => name.slice(0, -'.json'.length))
    .filter((id) => NOTICE_ID.test(id))
    .toSorted();
}

function entriesIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const isTime = orNull(isWhole);
const STATES: readonly unknown[] = ['working', 'failing', 'parked', 'off'] satisfies ChannelState['state'][];

function isChannelState(value: unknown): value is ChannelState {
  return (
    isObject(value) &&
    STATES.includes(value['state']) &&
    isText(value['why']) &&
    ['since', 'nextTryAt', 'lastSentAt'].every((key) => isTime(value[key])) &&
    ['sent', 'failed', 'dropped'].every((key) => isWhole(value[key])) &&
    Object.keys(NEW_CHANNEL).every((key) => Object.hasOwn(value, key))
  );
}
