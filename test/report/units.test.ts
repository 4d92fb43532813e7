import { describe, expect, test } from 'vitest';
import { unitCommands, type UnitFacts, unitFiles } from '../../src/report/units.ts';

const FACTS: UnitFacts = {
  fleet: 'home',
  file: '/home/ada/fleet/desired-state.yaml',
  scope: 'user',
  user: 'ada',
  rollcall: ['/usr/bin/node', '/home/ada/rollcall/bin/rollcall.js'],
  tmux: ['/usr/bin/tmux', '-L', 'default'],
  socketFolder: null,
  environment: { PATH: '/home/ada/.local/bin:/usr/bin:/bin', LANG: 'en_GB.UTF-8' },
  secretsFile: '/home/ada/.config/rollcall/home.env',
};

function texts(over: Partial<UnitFacts>): readonly [string, string] {
  const [tmux, loop] = unitFiles({ ...FACTS, ...over });
  return [tmux.text, loop.text];
}

/** Directives as systemd reads them: comments are none. */
function directives(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^[A-Z]/.test(line));
}

describe('the units', () => {
  test('of a user read as they always did', async () => {
    for (const { name, text } of unitFiles(FACTS)) await expect(text).toMatchFileSnapshot(`golden/${name}`);
  });

  test('of the machine differ in whom they run as and what wants them, and in nothing else', () => {
    const differing = (one: string, other: string): readonly string[] =>
      directives(one).filter((line) => !directives(other).includes(line));
    const user = texts({});
    const system = texts({ scope: 'system' });
    for (const at of [0, 1] as const) {
      expect(differing(system[at], user[at])).toEqual(['User=ada', 'WantedBy=multi-user.target']);
      expect(differing(user[at], system[at])).toEqual(['WantedBy=default.target']);
    }
    expect(unitCommands({ fleet: 'home', scope: 'system' }).join('\n')).not.toMatch(/--user|linger/);
  });

  test('put nothing on the tmux server that an agent would inherit', () => {
    const [tmux] = texts({});
    expect(directives(tmux).join('\n')).not.toMatch(
      /NoNewPrivileges|Protect|Private|Restrict|SystemCall|Lock|Limit|UMask|EnvironmentFile/,
    );
  });

  test('make the folder of a socket that is a path', () => {
    const [tmux] = texts({ tmux: ['/usr/bin/tmux', '-S', '/run/x/s'], socketFolder: '/run/x' });
    expect(directives(tmux)).toContain('ExecStartPre=/bin/mkdir -p -m 0700 /run/x');
    expect(directives(texts({})[0]).join('\n')).not.toContain('mkdir');
  });

  test('say every path as it is, whatever is in it', () => {
    const file = `/a b/%h $HOME \${X} 'q' "d" \\n.yaml`;
    const [, loop] = texts({ file, environment: { PATH: '/a b:/100%' } });
    expect(directives(loop)).toContain(
      'ExecStart=/usr/bin/node /home/ada/rollcall/bin/rollcall.js -f ' +
        `"/a b/%%h $$HOME $\${X} 'q' \\"d\\" \\\\n.yaml" run`,
    );
    expect(directives(loop)).toContain("Environment='PATH=/a b:/100%%'");
  });
});
