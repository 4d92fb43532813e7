import type { HostWriter } from '../../src/model/host.ts';

/** Stands around one effect on the machine: its name, and what carries it out. */
export type Around = <R>(effect: string, carryOut: () => Promise<R>) => Promise<R>;

/** A host each of whose effects goes through `around`; what only looks goes straight. */
export function eachEffect(host: HostWriter, around: Around): HostWriter {
  const { tmux, files, processes } = host;
  return {
    ...host,
    tmux: {
      ...tmux,
      act: (guard, commands) =>
        around(`act ${commands.map(({ type }) => type).join('+')}`, () => tmux.act(guard, commands)),
      actOnNewServer: (commands) => around('new server', () => tmux.actOnNewServer(commands)),
    },
    files: {
      ...files,
      makeDirectory: (path) => around('makeDirectory', () => files.makeDirectory(path)),
      makeLink: (path, to) => around('makeLink', () => files.makeLink(path, to)),
      replaceLink: (path, from, to) => around('replaceLink', () => files.replaceLink(path, from, to)),
      move: (from, to, identity) =>
        around(`move ${placeOf(from)} to ${placeOf(to)}`, () => files.move(from, to, identity)),
      write: (path, text, options) =>
        around(`write ${placeOf(path)}`, () => files.write(path, text, options)),
      remove: (path) => around(`remove ${placeOf(path)}`, () => files.remove(path)),
      setInJson: (answer) => around('setInJson', () => files.setInJson(answer)),
    },
    processes: {
      ...processes,
      signal: (pid, start, signal) => around(`signal ${signal}`, () => processes.signal(pid, start, signal)),
    },
  };
}

/** The folder of a task or record, or the name of a file of ours, to tell effects apart by. */
function placeOf(path: string): string {
  const [folder = '', name = ''] = path.split('/').slice(-2);
  return ['inbox', 'claimed', 'done', 'failed', 'rejected', 'attempts'].includes(folder) ? folder : name;
}
