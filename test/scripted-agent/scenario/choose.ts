import type { Condition, Rule, Step } from './scenario.ts';

/** What is known of a prompt when its rule is chosen. */
export interface Asked {
  readonly prompt: string;
  /** Real path of the account home. */
  readonly home: string;
  /** Which prompt of the conversation, from 1. */
  readonly turn: number;
  readonly resumed: boolean;
}

export interface Chosen {
  /** Its place in the scenario, or null for the default. */
  readonly rule: number | null;
  readonly refuse: boolean;
  readonly steps: readonly Step[];
}

/** Chooses the rule for each prompt in turn; it remembers how often each was used. */
export function ruleChooser(rules: readonly Rule[]): (asked: Asked) => Chosen {
  const used = rules.map(() => 0);
  return (asked) => {
    const index = rules.findIndex(
      (rule, at) => (rule.times === null || (used[at] ?? 0) < rule.times) && fits(rule.when, asked),
    );
    const rule = rules[index];
    if (rule === undefined) return { rule: null, refuse: false, steps: DEFAULT_STEPS };
    used[index] = (used[index] ?? 0) + 1;
    const steps = rule.steps.map((step) => filled(step, wordsOf(rule.when, asked)));
    return { rule: index, refuse: rule.refuse, steps };
  };
}

const DEFAULT_STEPS: readonly Step[] = [
  { type: 'work', ms: 300 },
  { type: 'print', text: 'Done.' },
];

function fits(when: Condition, asked: Asked): boolean {
  return (
    (when.prompt === null || new RegExp(when.prompt, 'u').test(asked.prompt)) &&
    (when.home === null || new RegExp(when.home, 'u').test(asked.home)) &&
    (when.turn === null || when.turn === asked.turn) &&
    (when.resumed === null || when.resumed === asked.resumed)
  );
}

/** What `{…}` stands for: the groups of the rule's expression, by name and by number. */
function wordsOf(when: Condition, asked: Asked): Readonly<Record<string, string>> {
  const match = when.prompt === null ? null : new RegExp(when.prompt, 'u').exec(asked.prompt);
  const numbered = (match ?? []).map((group, index) => [String(index), group ?? '']);
  return { ...Object.fromEntries(numbered), ...match?.groups, prompt: asked.prompt };
}

function filled(step: Step, words: Readonly<Record<string, string>>): Step {
  const fill = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
      Object.hasOwn(words, name) ? (words[name] ?? '') : whole,
    );
  if (step.type === 'print') return { ...step, text: fill(step.text) };
  return step.type === 'run' ? { ...step, argv: step.argv.map(fill) } : step;
}
