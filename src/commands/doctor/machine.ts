import { type Check, fail, ok, warn } from '../../model/doctor.ts';

/** The machine as found, for what holds without any fleet. */
export interface MachineFacts {
  /** `24.21.0`. */
  readonly node: string;
  readonly procReadable: boolean;
  /** What decides the character set; empty: nothing does. */
  readonly locale: string;
  /** Whether the user manager goes on after the last log-out; null: not under one, or it cannot be told. */
  readonly linger: boolean | null;
  readonly underUserManager: boolean;
  /** Absolute path, or null. */
  readonly tmux: string | null;
  /** As `tmux -V` says it, without the name; null: it did not. */
  readonly tmuxVersion: string | null;
}

/** Versions that the tests run on. */
const TESTED_TMUX = ['3.3a'];
const LEAST_NODE = 24;
const AT = 'machine';

/** What can be said of the machine alone. */
export function machineChecks(facts: MachineFacts): readonly Check[] {
  return [node(facts), proc(facts), locale(facts), linger(facts), tmux(facts)];
}

function node({ node: version }: MachineFacts): Check {
  if (Number.parseInt(version, 10) >= LEAST_NODE) return ok('node-version', AT, `Node ${version}`);
  return fail('node-version', AT, {
    found: `Node ${version}`,
    detail: `Rollcall needs Node ${String(LEAST_NODE)} or later.`,
    help: `npm install --global node@${String(LEAST_NODE)}`,
  });
}

function proc({ procReadable }: MachineFacts): Check {
  if (procReadable) return ok('proc-readable', AT, 'processes can be listed');
  return fail('proc-readable', AT, {
    found: '/proc cannot be listed',
    detail: 'Whether a session, the loop or an agent lives is read there; unread, it stays unknown.',
    help: 'mount /proc, without hidepid for your own processes',
  });
}

function locale({ locale: name }: MachineFacts): Check {
  if (/utf-?8/i.test(name)) return ok('locale', AT, `the locale is ${name}`);
  return warn('locale', AT, {
    found: name === '' ? 'no locale is set' : `the locale is ${name}, not a UTF-8 one`,
    detail: 'Rollcall asks tmux in UTF-8 all the same, but your own tmux shows other letters as _.',
    help: 'export LANG=C.UTF-8',
  });
}

function linger({ linger: on, underUserManager }: MachineFacts): Check {
  if (!underUserManager) return ok('linger', AT, 'not applicable: not under a user manager of systemd');
  if (on === true) return ok('linger', AT, 'your services go on when you log out');
  return warn('linger', AT, {
    found: on === false ? 'lingering is off' : 'whether lingering is on cannot be told',
    detail: 'Without it systemd ends your services, the tmux server among them, at your last log-out.',
    help: 'loginctl enable-linger',
  });
}

function tmux({ tmux: program, tmuxVersion }: MachineFacts): Check {
  if (program === null) {
    return fail('tmux-program', AT, {
      found: 'tmux is not on the PATH',
      detail: 'Without it there are no sessions.',
      help: 'sudo apt install tmux',
    });
  }
  if (tmuxVersion === null) {
    return fail('tmux-program', AT, {
      found: `${program} does not say its version`,
      detail: 'It is no tmux, or it cannot run.',
      help: 'tmux -V',
    });
  }
  if (TESTED_TMUX.includes(tmuxVersion)) return ok('tmux-program', AT, `tmux ${tmuxVersion} at ${program}`);
  return warn('tmux-program', AT, {
    found: `tmux ${tmuxVersion} at ${program}`,
    detail: `Rollcall was tested with ${TESTED_TMUX.join(', ')}.`,
    help: 'try it on a socket of its own first: npm start, in a checkout',
  });
}
