import { OUR_BUFFER } from '../../model/leftovers.ts';
import type { LeftoverPart } from '../../model/leftovers.ts';
import { type TmuxOptions, clientOf } from './client.ts';
import { runTmux } from './run.ts';
import { bufferName, quote, whole } from './values.ts';

/** Our own paste buffers on a server; an empty list where none runs or it does not answer. Starts no server. */
export async function ourBuffers(options: TmuxOptions): Promise<readonly LeftoverPart[]> {
  const client = clientOf(options);
  const ran = await runTmux([...client.flags, '-N', 'list-buffers', '-F', FORMAT], '', client);
  return ran.type === 'ended' && ran.code === 0
    ? ran.out.split('\n').flatMap((line) => bufferIn(client.socket, line))
    : [];
}

/** Takes one away, if that server still runs; its name is never used again, so it is that one. */
export async function dropBuffer(
  options: TmuxOptions,
  { name, identity }: LeftoverPart,
): Promise<'removed' | 'gone' | 'changed'> {
  const [pid = '', start = ''] = identity.split(':');
  const guard = `#{&&:#{==:#{pid},${whole(Number(pid))}},#{==:#{start_time},${whole(Number(start))}}}`;
  const line = `if-shell -F ${quote(guard)} { delete-buffer -b ${quote(bufferName(name))} ; display-message -p gone }\n`;
  const client = clientOf(options);
  const ran = await runTmux([...client.flags, '-N', 'source-file', '-'], line, client);
  if (ran.type !== 'ended') throw new Error('tmux did not answer in time');
  return ran.out.includes('gone') ? 'removed' : 'gone';
}

const FORMAT = '#{pid} #{start_time} #{buffer_created} #{buffer_name}';

function bufferIn(socket: string, line: string): readonly LeftoverPart[] {
  const [, pid = '', start = '', created = '', name = ''] = /^(\d+) (\d+) (\d+) (\S+)$/.exec(line) ?? [];
  if (!OUR_BUFFER.test(name)) return [];
  const identity = [pid, start, created].join(':');
  return [{ folder: socket, name, type: 'buffer', identity, changedAt: Number(created) * 1000 }];
}
