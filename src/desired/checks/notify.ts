import { EVENT_TYPES } from '../../model/event.ts';
import { closest } from '../../model/suggest.ts';
import { asWarning, type Finding, wrongKey, wrongValue } from '../finding.ts';
import { CHANNEL_TYPES } from '../schema/notify.ts';
import { at, entries, items, text, type Written } from '../tree.ts';
import { dotted, shortened } from '../words.ts';
import { unknownName } from './known.ts';

/** Channels of no or several kinds, rules to no channel, events that are none, and quiet times without sense. */
export function notifyFindings(root: Written): Finding[] {
  const channels = entries(at(root, 'notify', 'channels'));
  const names = new Set(channels.map(([name]) => name));
  const rules = items(at(root, 'notify', 'rules'));
  const quiet = at(root, 'notify', 'quiet');
  const events = [...rules.flatMap((rule) => items(at(rule, 'events'))), ...items(at(quiet, 'except'))];
  return [
    ...channels.flatMap(([, node]) => oneKind(node)),
    ...rules.flatMap((rule) =>
      items(at(rule, 'to')).flatMap((to) => unknownName(to, 'channel', names, 'no-such-channel')),
    ),
    ...events.flatMap(badEvent),
    ...badQuiet(quiet),
  ];
}

function oneKind(channel: Written): Finding[] {
  const known: readonly string[] = CHANNEL_TYPES;
  const keys = entries(channel).map(([key]) => key);
  const kinds = keys.filter((key) => known.includes(key));
  if (kinds.length === 1 || channel.value === undefined || kinds.length < keys.length) return [];
  if (kinds.length === 0 && entries(channel).length === 0 && text(channel) !== null) return [];
  const help = `exactly one of ${CHANNEL_TYPES.join(', ')}`;
  const how = kinds.length === 0 ? 'has no kind' : `has several kinds: ${kinds.join(', ')}`;
  return [wrongKey('channel-kind', channel.path, `${dotted(channel.path)} ${how}`, help)];
}

function badEvent(node: Written): Finding[] {
  const event = text(node);
  if (event === null || event === '*') return [];
  if (!/^[a-z]+(\.[a-z-]+)*(\.\*)?$/.test(event)) {
    const help = 'such as task.failed, or task.* for all about tasks';
    return [wrongValue('bad-value', node.path, `${dotted(node.path)} is not the name of an event`, help)];
  }
  const known: readonly string[] = EVENT_TYPES;
  const near = known.includes(event) || event.endsWith('*') ? null : closest(event, known);
  if (near === null) return [];
  const message = `no event is called "${shortened(event)}"`;
  return [asWarning(wrongValue('no-such-event', node.path, message, `did you mean "${near}"?`))];
}

function badQuiet(quiet: Written): Finding[] {
  const zone = text(at(quiet, 'zone'));
  const from = text(at(quiet, 'from'));
  const findings: Finding[] = [];
  if (zone !== null && zone !== '' && !isTimeZone(zone)) {
    const message = `there is no time zone "${shortened(zone)}"`;
    findings.push(wrongValue('no-such-zone', at(quiet, 'zone').path, message, () => nearZone(zone)));
  }
  if (from !== null && from === text(at(quiet, 'to'))) {
    const help = 'leave quiet out for none; for always, give the rules no channel';
    findings.push(wrongValue('bad-value', at(quiet, 'to').path, 'quiet times begin and end at once', help));
  }
  return findings;
}

function isTimeZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return timeZone !== '' && /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

function nearZone(zone: string): string {
  const zones = Intl.supportedValuesOf('timeZone');
  const region = zones.filter((name) => name.startsWith(`${zone.split('/')[0] ?? ''}/`));
  const near = closest(zone, region.length === 0 ? zones : region);
  return near === null ? 'such as Europe/Paris or UTC' : `did you mean "${near}"?`;
}
