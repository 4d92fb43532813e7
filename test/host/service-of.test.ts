import { expect, test } from 'vitest';
import { serviceIn, serviceOf } from '../../src/host/service-of.ts';

const USER = '/user.slice/user-1000.slice/user@1000.service';

test.each([
  [
    'a user service',
    `0::${USER}/app.slice/rollcall-home.service\n`,
    `${USER}/app.slice/rollcall-home.service`,
  ],
  ['a folder within a service', '0::/system.slice/a.service/inner\n', '/system.slice/a.service'],
  [
    'a systemd of before cgroup v2',
    '4:cpu:/\n1:name=systemd:/system.slice/a.service\n0::/\n',
    '/system.slice/a.service',
  ],
  ['a scope of a user manager', `0::${USER}/app.slice/vte-1.scope\n`, null],
  ['a login', '0::/user.slice/user-1000.slice/session-3.scope\n', null],
  ['a container', '9:name=systemd:/\n0::/\n', null],
  ['nothing', '', null],
])('%s is told from the cgroup path', (_, text, service) => {
  expect(serviceIn(text)).toBe(service);
});

test('a process that is not there is in no service', () => {
  expect(serviceOf(2 ** 30)).toBeNull();
});
