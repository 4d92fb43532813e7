import type { z } from 'zod';
import { pointerStep } from '../model/source.ts';
import { closest } from '../model/suggest.ts';
import { type Finding, wrongKey, wrongValue } from './finding.ts';
import { descriptionAt, keysAt, schemaAt } from './schema-keys.ts';
import { at, isMap, type Written } from './tree.ts';
import { dotted, lastKey, parentPointer, shortened } from './words.ts';

/** What the schema says against the written value, one finding for each mistake. */
export function shapeFindings(root: Written, issues: readonly z.core.$ZodIssue[]): Finding[] {
  const mistakes = issues.flatMap((issue) => mistakesOf(root, issue, []));
  const missing = new Map(mistakes.filter(isMissing).map((mistake) => [mistake.steps.join('\0'), mistake]));
  return mistakes
    .filter((mistake) => mistake.type !== 'missing')
    .map((mistake) => (mistake.type === 'unknown' ? unknownKey(mistake, missing) : wrong(root, mistake)))
    .concat([...missing.values()].map(missingKey));
}

type Steps = readonly string[];
type Mistake =
  | { readonly type: 'missing' | 'unknown'; readonly steps: Steps }
  | { readonly type: 'value' | 'name'; readonly steps: Steps; readonly text: string };

/** Unions are followed into the branch that comes nearest to what was written. */
function mistakesOf(root: Written, issue: z.core.$ZodIssue, above: Steps): Mistake[] {
  const steps = [...above, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ type: 'unknown', steps: [...steps, key] }));
  }
  if (steps.length > 0 && at(root, ...steps.slice(0, -1)).value !== undefined) {
    if (valueAt(root, steps) === undefined) return [{ type: 'missing', steps }];
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => errors.length > 0 && !errors.some(isTypeOfWhole));
    if (branch !== undefined) return branch.flatMap((inner) => mistakesOf(root, inner, steps));
  }
  if (issue.code === 'invalid_key') {
    // zod does not look behind a bad name; what stands there may be wrong, too.
    const behind = schemaAt(steps)?.safeParse(valueAt(root, steps)).error?.issues ?? [];
    return [
      { type: 'name', steps, text: issue.issues[0]?.message ?? issue.message },
      ...behind.flatMap((inner) => mistakesOf(root, inner, steps)),
    ];
  }
  return [{ type: 'value', steps, text: issue.message }];
}

function isTypeOfWhole(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && issue.code !== 'unrecognized_keys';
}

function isMissing(mistake: Mistake): boolean {
  return mistake.type === 'missing';
}

/** Lists are walked too, which `at` does not do. */
function valueAt(root: Written, steps: Steps): unknown {
  let value = root.value;
  for (const step of steps) {
    if (Array.isArray(value)) value = value[Number(step)];
    else value = isMap(value) ? value[step] : undefined;
  }
  return value;
}

/** An unknown key beside a missing one is one mistake: the missing one is taken off the list. */
function unknownKey(mistake: Mistake, missing: Map<string, Mistake>): Finding {
  const within = mistake.steps.slice(0, -1);
  const key = mistake.steps.at(-1) ?? '';
  const beside = [...missing.entries()].filter(([, other]) => isSibling(other.steps, within));
  const lacking = beside.map(([, other]) => other.steps.at(-1) ?? '');
  const meant =
    closest(key, lacking) ?? (closest(key, keysAt(within)) === null ? (lacking[0] ?? null) : null);
  if (meant !== null) missing.delete([...within, meant].join('\0'));
  return wrongKey(
    'unknown-key',
    pointer(mistake.steps),
    `unknown key "${shortened(key)}" in ${dotted(pointer(within))}`,
    () => unknownKeyHelp(key, within, meant),
  );
}

function isSibling(steps: Steps, within: Steps): boolean {
  return steps.length === within.length + 1 && within.every((step, index) => steps[index] === step);
}

function unknownKeyHelp(key: string, within: Steps, missing: string | null): string | null {
  if (key === '<<') return 'maps are not merged here; write the keys out';
  const known = keysAt(within);
  const near = closest(key, missing === null ? known : [missing]);
  if (near !== null) return `did you mean "${near}"?`;
  if (missing !== null) return `"${missing}" is missing here; did you mean that?`;
  return known.length === 0 ? null : `known here: ${known.join(', ')}`;
}

function missingKey(mistake: Mistake): Finding {
  const path = pointer(mistake.steps);
  const message = `"${lastKey(path)}" is missing in ${dotted(parentPointer(path))}`;
  return wrongKey('missing-key', path, message, () => descriptionAt(mistake.steps));
}

function wrong(root: Written, mistake: Mistake & { readonly text?: string }): Finding {
  const [expected = '', help = null] = (mistake.text ?? '').split('\n');
  const path = pointer(mistake.steps);
  if (mistake.type === 'name') {
    return wrongKey('bad-name', path, `"${shortened(lastKey(path))}" cannot be ${expected}`, help);
  }
  const value = valueAt(root, mistake.steps);
  if (value === null) return wrongValue('no-value', path, `${dotted(path)} has no value`, nullHelp(expected));
  return wrongValue(
    'bad-value',
    path,
    `${dotted(path)} must be ${expected}`,
    typeHelp(value, expected) ?? help,
  );
}

function nullHelp(expected: string): string {
  return /path/.test(expected)
    ? `it must be ${expected}; a bare ~ is null in YAML, write "~" in quotes for the home folder`
    : `it must be ${expected}; write one, or remove the key`;
}

function typeHelp(value: unknown, expected: string): string | null {
  if (typeof value !== 'number' && typeof value !== 'boolean') return null;
  return /^(a text|a name|the name)/.test(expected)
    ? `YAML reads this as a ${typeof value}; put it in quotes`
    : null;
}

function pointer(steps: Steps): string {
  return steps.map((step) => `/${pointerStep(step)}`).join('');
}
