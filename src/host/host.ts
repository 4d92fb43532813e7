import { randomBytes } from 'node:crypto';
import type { TmuxSocket } from '../model/desired.ts';
import type { HostReader, HostWriter } from '../model/host.ts';
import { leftoverReader, leftoverWriter } from './files/leftovers.ts';
import { fileReader, fileWriter } from './files.ts';
import { answered } from './files/answered.ts';
import { processReader, processWriter } from './processes.ts';
import { dropBuffer, ourBuffers } from './tmux/buffers.ts';
import { openTmux, openTmuxReader } from './tmux/client.ts';
import type { Environment } from './tmux/socket.ts';

export interface HostOptions {
  readonly socket: TmuxSocket;
  /** The environment to work under; what of it reaches tmux is a short list. */
  readonly env: Environment;
  /** For each tmux invocation, milliseconds; 5000. */
  readonly timeoutMs?: number;
}

/** The machine Rollcall runs on, with the power to change it. Opens nothing and starts nothing by itself. */
export function openHost(options: HostOptions): HostWriter {
  return {
    now: () => Date.now(),
    nonce,
    tmux: openTmux(options),
    files: { ...fileReader, ...fileWriter },
    processes: { ...processReader, ...processWriter },
    leftovers: {
      ...leftoverReader,
      ...leftoverWriter,
      buffers: () => ourBuffers(options),
      removePart: (part) =>
        part.type === 'buffer' ? answered(() => dropBuffer(options, part)) : leftoverWriter.removePart(part),
    },
  };
}

/** The same machine, to look at only: the value has no method that changes anything. */
export function openReader(options: HostOptions): HostReader {
  const reader = openTmuxReader(options);
  return {
    now: () => Date.now(),
    nonce,
    tmux: reader,
    files: fileReader,
    processes: processReader,
    leftovers: { ...leftoverReader, buffers: () => ourBuffers(options) },
  };
}

function nonce(): string {
  return randomBytes(16).toString('hex');
}
