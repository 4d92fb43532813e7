import { expect, test } from 'vitest';
import { tmuxInOwnCgroup } from '../../src/loop/own-cgroup.ts';
import { read } from '../../src/model/reading.ts';
import { desired, INCARNATION, observed, server } from '../support/fleet.ts';

const LOOP = 77;
const UP = observed(desired(), { tmux: read(server([])) });

function codeWith(services: Readonly<Record<number, string>>, look = UP): string | undefined {
  return tmuxInOwnCgroup(look, LOOP, (pid) => services[pid] ?? null)?.code;
}

test('a server in the very service of the loop is told of', () => {
  const services = { [LOOP]: '/app.slice/a.service', [INCARNATION.pid]: '/app.slice/a.service' };
  expect(codeWith(services)).toBe('tmux-in-own-cgroup');
});

test.each([
  ['in another service', { [LOOP]: '/a.service', [INCARNATION.pid]: '/b.service' }],
  ['in no service, with a loop in one', { [LOOP]: '/a.service' }],
  ['in a service, with a loop in none', { [INCARNATION.pid]: '/a.service' }],
  ['in none, like the loop', {}],
])('a server %s is none of its business', (_, services) => {
  expect(codeWith(services)).toBeUndefined();
});

test('without a server there is nothing to tell', () => {
  expect(codeWith({ [LOOP]: '/a.service' }, observed(desired()))).toBeUndefined();
});
