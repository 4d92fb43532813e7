import { looksSecret, namesSecret } from '../../model/secret-shapes.ts';
import { type Finding, wrongKey, wrongValue } from '../finding.ts';
import { allTexts, at, entries, isMap, text, type Written } from '../tree.ts';
import { dotted } from '../words.ts';

export interface SecretFindings {
  readonly findings: readonly Finding[];
  /** Pointers of values that must not be shown, right or wrong. */
  readonly hidden: readonly string[];
}

/** Secrets that stand in the file itself. No message repeats one. */
export function secretFindings(root: Written): SecretFindings {
  const places = secretPlaces(root);
  const literal = places.filter(({ value }) => value !== undefined && value !== null && !isMap(value));
  const inside = places.filter(({ value }) => isMap(value));
  const known = new Set(literal.map(({ path }) => path));
  const stray = allTexts(root).filter((node) => looksSecret(node.value) && !known.has(node.path));
  return {
    findings: [...literal.map(literalSecret), ...inside.flatMap(oneSource), ...stray.map(strayToken)],
    hidden: [...literal, ...stray, ...inside.flatMap(unnamed), ...unknownInChannels(root)].map(
      ({ path }) => path,
    ),
  };
}

const HELP = 'write { fromEnv: NAME } or { fromFile: path }, and change the secret: it has been in a file';

/** Values that are secrets by where they stand or by the name of the variable or header. */
function secretPlaces(root: Written): Written[] {
  const channels = entries(at(root, 'notify', 'channels')).map(([, channel]) => channel);
  const named = [
    ...entries(at(root, 'agents')).flatMap(([, agent]) => entries(at(agent, 'env'))),
    ...channels.flatMap((channel) => entries(at(channel, 'webhook', 'headers'))),
  ];
  return [
    ...channels.flatMap((channel) => [at(channel, 'telegram', 'token'), at(channel, 'resend', 'key')]),
    ...named.filter(([name, node]) => namesSecret(name) || isMap(node.value)).map(([, node]) => node),
  ];
}

function literalSecret(node: Written): Finding {
  return wrongValue(
    'literal-secret',
    node.path,
    `${dotted(node.path)} is a secret and may not stand here`,
    HELP,
  );
}

function strayToken(node: Written): Finding {
  return wrongValue('literal-secret', node.path, `${dotted(node.path)} holds what looks like a secret`, HELP);
}

function oneSource(node: Written): Finding[] {
  const sources = entries(node).filter(([key]) => key === 'fromEnv' || key === 'fromFile');
  if (sources.length === 1 || sources.length < entries(node).length) return [];
  const how = sources.length === 0 ? 'says nothing' : 'has two sources';
  return [
    wrongKey(
      'secret-source',
      node.path,
      `${dotted(node.path)} ${how}`,
      'exactly one of fromEnv and fromFile',
    ),
  ];
}

/** A misspelt `tokn` is not known to be a secret; what no channel has is not shown. */
function unknownInChannels(root: Written): Written[] {
  return entries(at(root, 'notify', 'channels')).flatMap(([, channel]) => {
    if (!isMap(channel.value)) return [channel];
    const kinds = [at(channel, 'telegram'), at(channel, 'resend')].filter(({ value }) => value !== undefined);
    return kinds.flatMap((kind) =>
      isMap(kind.value) ? entries(kind).flatMap(([key, node]) => (SHOWN.has(key) ? [] : [node])) : [kind],
    );
  });
}

const SHOWN = new Set(['chat', 'from', 'to', 'baseUrl', 'token', 'key']);

/** What stands in a secret's place without being the name of a variable or a file may be the secret itself. */
function unnamed(node: Written): Written[] {
  return entries(node)
    .filter(([key, child]) => !isReference(key, child))
    .flatMap(([, child]) => [child, ...allTexts(child)]);
}

function isReference(key: string, child: Written): boolean {
  const written = text(child) ?? '';
  if (key === 'fromEnv') return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(written) && !looksSecret(written);
  return key === 'fromFile' && /[/~.]/.test(written) && !looksSecret(written);
}
