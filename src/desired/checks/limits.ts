import { posix } from 'node:path';
import { durationMs, rate, sizeBytes } from '../../model/units.ts';
import { type Finding, wrongValue } from '../finding.ts';
import { absolutePath, type PathBase } from '../paths.ts';
import { allTexts, at, entries, items, text, type Written } from '../tree.ts';
import { dotted, lastKey } from '../words.ts';

/** Numbers and names that are well written and still cannot be meant. */
export function limitFindings(root: Written, base: PathBase): Finding[] {
  return [
    ...durations(root).flatMap(([node, least, most]) => outside(node, least, most)),
    ...tooOften(at(root, 'quota', 'maxSwaps')),
    ...tooBig(at(root, 'tasks', 'maxBytes')),
    ...badSocket(at(root, 'tmux', 'socket'), base),
    ...allTexts(root).flatMap(controlCharacters),
  ];
}

type Bounds = readonly [node: Written, least: string, most: string];

const LONGEST = '3650d';

function durations(root: Written): Bounds[] {
  const any = [
    at(root, 'quota', 'cooldown'),
    ...entries(at(root, 'pools')).map(([, pool]) => at(pool, 'cooldown')),
    ...items(at(root, 'notify', 'rules')).flatMap((rule) => [at(rule, 'group')]),
  ];
  const positive = [
    at(root, 'tasks', 'idleTimeout'),
    ...entries(at(root, 'janitor')).map(([, keep]) => keep),
    ...items(at(root, 'notify', 'rules')).map((rule) => at(rule, 'repeat')),
  ];
  return [
    [at(root, 'reconcile', 'every'), '1s', '1d'],
    ...any.map((node): Bounds => [node, '0s', LONGEST]),
    ...positive.map((node): Bounds => [node, '1s', LONGEST]),
  ];
}

function outside(node: Written, least: string, most: string): Finding[] {
  const written = text(node);
  if (written === null || !/^(\d+(ms|s|m|h|d))+$/.test(written)) return [];
  const ms = durationMs(written) ?? Infinity;
  if (ms >= (durationMs(least) ?? 0) && ms <= (durationMs(most) ?? 0)) return [];
  const message = `${dotted(node.path)} must be from ${least} to ${most}`;
  return [wrongValue('out-of-bounds', node.path, message, null)];
}

function tooOften(node: Written): Finding[] {
  const written = text(node);
  if (written === null || !/^\d{1,4}\/(\d+(ms|s|m|h|d))+$/.test(written) || rate(written) !== null) return [];
  return [
    wrongValue(
      'out-of-bounds',
      node.path,
      'quota.maxSwaps must be within a time above 0 and up to 3650d',
      'such as 6/24h',
    ),
  ];
}

function tooBig(node: Written): Finding[] {
  const bytes = sizeBytes(text(node) ?? '');
  if (bytes === null || (bytes >= 1 && bytes <= 16 * 1024 ** 2)) return [];
  return [wrongValue('out-of-bounds', node.path, 'tasks.maxBytes must be from 1B to 16MiB', null)];
}

/** They come from escapes in double quotes; a terminal or a C program would take them for something else. */
function controlCharacters(node: Written): Finding[] {
  if (!/(?![\t\n])\p{Cc}/u.test(text(node) ?? '') || /cwd|home|root|link|dir/.test(lastKey(node.path)))
    return [];
  const message = `${dotted(node.path)} holds a control character`;
  return [
    wrongValue('control-character', node.path, message, 'an escape in double quotes? use single quotes'),
  ];
}

/** A socket's address holds 107 bytes (sun_path). */
const LONGEST_SOCKET = 107;

function badSocket(node: Written, base: PathBase): Finding[] {
  const written = text(node);
  if (written === null || written === '') return [];
  if (!written.includes('/') && written !== '~') {
    if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(written)) return [];
    const help = 'letters, digits, - _ and . as for tmux -L; or a path as for tmux -S';
    return [wrongValue('bad-value', node.path, 'tmux.socket must be a name or a path', help)];
  }
  const path = absolutePath(written, base);
  if (/[#\p{Cc}]/u.test(path)) {
    return [wrongValue('bad-value', node.path, 'a socket path cannot have # or control characters', null)];
  }
  if (Buffer.byteLength(path) <= LONGEST_SOCKET && posix.basename(path) !== '') return [];
  const message = `the socket path has more than ${String(LONGEST_SOCKET)} bytes once absolute`;
  return [wrongValue('out-of-bounds', node.path, message, 'choose a shorter one')];
}
