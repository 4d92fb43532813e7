import { PLACES } from './places.ts';
import type { Mutant } from './simulation.ts';

/** Wrong versions of what stands between a plan and the machine, each of which breaks a promise of SPEC section 9. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'does not ask which life of the server it is': {
    act: (host) => ({
      ...host,
      tmux: {
        ...host.tmux,
        act: async (guard, commands) => {
          const list = await host.tmux.list();
          const incarnation = list.type === 'ok' ? list.value.incarnation : guard.incarnation;
          return host.tmux.act({ ...guard, incarnation, session: null, pane: null }, commands);
        },
      },
    }),
  },
  'moves the active link through a moment in which it is missing': {
    act: (host) => ({
      ...host,
      files: {
        ...host.files,
        replaceLink: async (path, _, to) => {
          await host.files.remove(path);
          return host.files.makeLink(path, to);
        },
      },
    }),
  },
  'moves a task over whatever stands there': {
    act: (host) => ({
      ...host,
      files: {
        ...host.files,
        move: async (from, to, identity) => {
          const read = await host.files.text(from, 100_000);
          if (read.type === 'error') return host.files.move(from, to, identity);
          const written = await host.files.write(to, read.value, { fresh: false });
          return written.type === 'ok' ? host.files.remove(from) : written;
        },
      },
    }),
  },
  'makes a link in the place of whatever stands there': {
    act: (host) => ({
      ...host,
      files: {
        ...host.files,
        path: async (path) => {
          const answer = await host.files.path(path);
          const isShared = Object.values(PLACES.homes).some((home) => path === `${home}/projects`);
          if (!isShared || answer.type !== 'ok' || answer.value.type !== 'file') return answer;
          return { type: 'ok', value: { type: 'absent' } };
        },
        makeLink: async (path, to) => {
          await host.files.remove(path);
          return host.files.makeLink(path, to);
        },
      },
    }),
  },
  'writes while it looks': {
    act: (host) => ({
      ...host,
      files: {
        ...host.files,
        entries: async (folder) => {
          await host.files.makeDirectory(`${PLACES.runs}/looked`);
          return host.files.entries(folder);
        },
      },
    }),
  },
};
