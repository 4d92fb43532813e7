/** Everything the two units are made from. Paths are absolute; nothing in it has a control character. */
export interface UnitFacts {
  readonly fleet: string;
  /** The desired-state file. */
  readonly file: string;
  readonly scope: UnitScope;
  /** Whom a system unit runs as. */
  readonly user: string;
  /** How `rollcall` is called: Node, and the program. */
  readonly rollcall: readonly string[];
  /** How tmux is called: the program and its socket flags. */
  readonly tmux: readonly string[];
  /** The socket's folder, where the file names a path; null: tmux makes its own. */
  readonly socketFolder: string | null;
  /** For both units, in this order. */
  readonly environment: Readonly<Record<string, string>>;
  /** `NAME=value` lines for the loop alone: what `{ fromEnv }` reads. May be missing. */
  readonly secretsFile: string;
}

export type UnitScope = 'user' | 'system';

export interface UnitFile {
  /** `rollcall-home.service` */
  readonly name: string;
  readonly text: string;
}

/** The unit of the tmux server, then the unit of the loop. */
export function unitFiles(facts: UnitFacts): readonly [UnitFile, UnitFile] {
  const { tmux, loop } = unitNames(facts.fleet);
  return [
    { name: tmux, text: tmuxUnit(facts) },
    { name: loop, text: loopUnit(facts) },
  ];
}

export function unitNames(fleet: string): { readonly tmux: string; readonly loop: string } {
  return { tmux: `rollcall-${fleet}-tmux.service`, loop: `rollcall-${fleet}.service` };
}

/** What a person runs after the units are in place, in order. */
export function unitCommands(facts: Pick<UnitFacts, 'fleet' | 'scope'>): readonly string[] {
  const { tmux, loop } = unitNames(facts.fleet);
  if (facts.scope === 'system') return ['systemctl daemon-reload', `systemctl enable --now ${tmux} ${loop}`];
  return [
    'systemctl --user daemon-reload',
    `systemctl --user enable --now ${tmux} ${loop}`,
    'loginctl enable-linger',
  ];
}

function tmuxUnit(facts: UnitFacts): string {
  const ask = [...facts.tmux, '-N', 'start-server'];
  return unitText(
    [
      `The tmux server of fleet ${facts.fleet}, with all its sessions: stopping or restarting this unit ends them.`,
      'The loop has a unit of its own, which may come and go. While it is up, it makes them again.',
    ],
    {
      Unit: [`Description=tmux server of the Rollcall fleet ${specifierSafe(facts.fleet)}`],
      Service: [
        'Type=exec',
        ...userLine(facts),
        '# A server that answers at this socket already is left alone: then this unit is skipped, and the loop uses that',
        '# server. tmux itself takes no socket over that is in use, either.',
        execLine('ExecCondition', ['/bin/sh', '-c', '! "$0" "$@" 2>/dev/null', ...ask]),
        ...(facts.socketFolder === null
          ? []
          : [execLine('ExecStartPre', ['/bin/mkdir', '-p', '-m', '0700', facts.socketFolder])]),
        '# -D: in the foreground, and there also without a session.',
        execLine('ExecStart', [...facts.tmux, '-D']),
        '# Up means that it answers: a loop that comes too early would start a server itself.',
        execLine('ExecStartPost', [
          '/bin/sh',
          '-c',
          'until "$0" "$@" 2>/dev/null; do sleep 0.1; done',
          ...ask,
        ]),
        'TimeoutStartSec=10s',
        ...assignments(facts),
        '# What systemd says to this one process is nothing for the programs in its sessions.',
        'UnsetEnvironment=INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID MANAGERPID',
        '# One agent that runs out of memory must not end the others.',
        'OOMPolicy=continue',
        'Restart=always',
        '# At once: otherwise the loop would see that there is none, and start one.',
        'RestartSec=0',
        '# No hardening here: every agent would inherit it, and sudo and sandboxes would break.',
      ],
      Install: [wantedBy(facts)],
    },
  );
}

function loopUnit(facts: UnitFacts): string {
  const { tmux } = unitNames(facts.fleet);
  return unitText([`The loop of fleet ${facts.fleet}. Its end, by whatever cause, ends no session.`], {
    Unit: [
      `Description=Rollcall keeps the fleet ${specifierSafe(facts.fleet)}`,
      `Wants=${specifierSafe(tmux)}`,
      `After=${specifierSafe(tmux)}`,
    ],
    Service: [
      'Type=notify',
      ...userLine(facts),
      '# Messages come from a child, systemd-notify.',
      'NotifyAccess=all',
      execLine('ExecStart', [...facts.rollcall, '-f', facts.file, 'run']),
      'ExecReload=/bin/kill -HUP $MAINPID',
      ...assignments(facts),
      '# What the file reads by fromEnv: NAME=value lines, mode 0600. The loop passes none of it on.',
      `EnvironmentFile=-${specifierSafe(facts.secretsFile)}`,
      '# Fed by completed cycles only, so a loop that hangs is started anew.',
      'WatchdogSec=90',
      'Restart=on-failure',
      'RestartSec=5',
      '# Wrong usage and a bad file get no better by trying again.',
      'RestartPreventExitStatus=64 78',
      '# SIGTERM to the loop alone, which finishes the action at hand.',
      'KillMode=mixed',
      'TimeoutStopSec=30',
      'UMask=0077',
      'LimitCORE=0',
      'NoNewPrivileges=yes',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
      'SystemCallFilter=@system-service',
      'SystemCallErrorNumber=EPERM',
      'SystemCallArchitectures=native',
      'LockPersonality=yes',
      'RestrictRealtime=yes',
      'RestrictSUIDSGID=yes',
      '# No ProtectSystem=, ProtectHome= or PrivateTmp=: the folders it works in are those the file names, which',
      '# changes without this unit; and a /tmp of its own would hide the tmux server.',
    ],
    Install: [wantedBy(facts)],
  });
}

function unitText(head: readonly string[], sections: Readonly<Record<string, readonly string[]>>): string {
  const parts = Object.entries(sections).map(([name, lines]) => [`[${name}]`, ...lines].join('\n'));
  return `${[head.map((line) => `# ${line}`).join('\n'), ...parts].join('\n\n')}\n`;
}

function userLine({ scope, user }: UnitFacts): readonly string[] {
  return scope === 'system' ? [`User=${specifierSafe(user)}`] : [];
}

function wantedBy({ scope }: UnitFacts): string {
  return `WantedBy=${scope === 'system' ? 'multi-user' : 'default'}.target`;
}

function assignments({ environment }: UnitFacts): readonly string[] {
  return Object.entries(environment).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
}

/** A command line in systemd's own syntax: no shell reads it, but `%` and `$` mean something there. */
function execLine(directive: string, words: readonly string[]): string {
  return `${directive}=${words.map((word) => quoted(word).replaceAll('$', '$$$$')).join(' ')}`;
}

function quoted(word: string): string {
  const safe = specifierSafe(word);
  if (/^[A-Za-z0-9_/.:@%+=,-]+$/.test(safe)) return safe;
  const mark = word.includes("'") ? '"' : "'";
  return `${mark}${safe.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)}${mark}`;
}

function specifierSafe(text: string): string {
  return text.replaceAll('%', '%%');
}
