import type { OptionEntry } from '../commands/verb.ts';
import { COLOUR_FLAGS } from '../report/style.ts';

export const SUMMARY = 'Keeps a fleet of coding-agent tmux sessions as a file says it should be.';

/** What every verb takes, before or after its name. */
export const GLOBAL_OPTIONS: readonly (OptionEntry & { readonly default?: string })[] = [
  { flags: '-f, --file <file>', text: 'the desired-state file', completes: { type: 'file' } },
  {
    flags: '-o, --output <format>',
    text: 'what to print',
    completes: { type: 'choice', words: ['text', 'json'] },
    default: 'text',
  },
  {
    flags: '--color <when>',
    text: 'when to use colour',
    completes: { type: 'choice', words: COLOUR_FLAGS },
    default: 'auto',
  },
];
