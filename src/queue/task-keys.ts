import { didYouMean } from '../model/suggest.ts';
import { PRIORITIES, type Task } from '../model/task.ts';
import { shown } from './plain.ts';
import {
  AGENT,
  FOLDER,
  ID,
  type Kind,
  MODEL,
  MOMENT,
  oneOf,
  RETRIES,
  TIMEOUT,
  TITLE,
} from './task-values.ts';
import { isNull, type Problem, type TaskContext, type Written } from './written.ts';

/** What a frontmatter gives; its `id` is null where the file's name gives it. */
export type TaskKeys = Omit<Task, 'id'> & { readonly id: string | null };

/** Every key a frontmatter may have. */
export const TASK_KEYS = [
  'id',
  'title',
  'priority',
  'model',
  'cwd',
  'agent',
  'timeout',
  'retries',
  'notBefore',
  'deliver',
] as const;
type TaskKey = (typeof TASK_KEYS)[number];

/** The values of a frontmatter by key, and every mistake in them. Where one is wrong it counts as left out. */
export function readKeys(
  written: ReadonlyMap<string, Written>,
  context: TaskContext,
): { readonly keys: TaskKeys; readonly problems: readonly Problem[] } {
  const problems = unknownKeys(written);
  const read = <T>(key: TaskKey, kind: Kind<T>): T | null => {
    const value = written.get(key);
    if (value === undefined || isLeftOut(key, value)) return null;
    const found = kind.read(value.text, context);
    if (found === null) problems.push(wrong(key, value, kind));
    return found;
  };
  const keys = {
    id: read('id', ID),
    title: read('title', TITLE),
    priority: read('priority', oneOf(PRIORITIES)) ?? 'normal',
    model: read('model', MODEL),
    cwd: read('cwd', FOLDER),
    agent: read('agent', AGENT),
    timeoutMs: read('timeout', TIMEOUT),
    retries: read('retries', RETRIES),
    notBefore: read('notBefore', MOMENT),
    deliver: read('deliver', oneOf(['inline', 'file'])) ?? 'inline',
  } as const;
  return { keys, problems };
}

function unknownKeys(written: ReadonlyMap<string, Written>): Problem[] {
  const known: readonly string[] = TASK_KEYS;
  return [...written]
    .filter(([key]) => !known.includes(key))
    .map(([key, { line }]) => ({
      line,
      text: `unknown key "${shown(key)}"; ${didYouMean(key, known) ?? `the keys are ${known.join(', ')}`}`,
    }));
}

/** `cwd: ~` is YAML's null, and can only be meant as the home folder. */
function isLeftOut(key: TaskKey, { text, quoted }: Written): boolean {
  return !quoted && isNull(text) && !(key === 'cwd' && text === '~');
}

function wrong(key: TaskKey, { text, line }: Written, { expected, words }: Kind<unknown>): Problem {
  const guess = words === undefined ? null : didYouMean(text, words);
  const what = `${key}: "${shown(text)}" is not ${expected}`;
  return { line, text: guess === null ? what : `${what}; ${guess}` };
}
