import type { Condition, Rule, Scenario, StartScript, Step, InputScript } from './scenario.ts';

/** A scenario as a test writes it: whatever has a default may be left out. `checkScenario` fills it in. */
export interface WrittenScenario extends Partial<Omit<Scenario, 'start' | 'input' | 'rules'>> {
  readonly start?: Partial<StartScript>;
  readonly input?: Partial<InputScript>;
  readonly rules?: readonly WrittenRule[];
}

export interface WrittenRule extends Partial<Omit<Rule, 'when' | 'steps'>> {
  readonly when?: Partial<Condition>;
  readonly steps?: readonly WrittenStep[];
}

type Loose<S, K extends string> = Omit<S, K> & Partial<Pick<S, K & keyof S>>;
type Of<T extends Step['type']> = Extract<Step, { readonly type: T }>;

export type WrittenStep =
  | Of<'work' | 'request' | 'print' | 'background' | 'hang'>
  | Loose<Of<'run'>, 'description'>
  | Loose<Of<'permission'>, 'tool' | 'description'>
  | (Omit<Of<'question'>, 'header' | 'options'> & {
      readonly header?: string;
      readonly options: readonly { readonly label: string; readonly description?: string }[];
    })
  | Loose<Of<'fail'>, 'resetsInMs' | 'retries'>
  | Loose<Of<'crash'>, 'code' | 'signal'>
  | Loose<Of<'exit'>, 'code'>;
