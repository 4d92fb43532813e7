import { type Check, fail, ok, warn } from '../../model/doctor.ts';
import { shellQuoted } from '../shell-quote.ts';
import type { TmuxFacts } from './tmux.ts';

const ID = 'tmux-options';
const AT = 'tmux';

/** What can be said of the server's global options. */
export function optionChecks(facts: Pick<TmuxFacts, 'options' | 'socket'>): readonly Check[] {
  const wrong = [...ending(facts), ...expanding(facts), ...typing(facts)];
  return wrong.length === 0 ? [ok(ID, AT, 'none that ends sessions or runs what programs write')] : wrong;
}

type Facts = Pick<TmuxFacts, 'options' | 'socket'>;

/** Options by which tmux ends sessions, or itself, without being told to; any value but `off` does. */
const HARMFUL: Readonly<Record<string, { readonly flag: string; readonly what: string }>> = {
  'destroy-unattached': {
    flag: '-g',
    what: 'A session ends as soon as nobody is attached, so none of ours lasts.',
  },
  'exit-unattached': {
    flag: '-s',
    what: 'The server ends, with every session, when the last client detaches.',
  },
};

function ending({ options, socket }: Facts): readonly Check[] {
  return Object.entries(HARMFUL).flatMap(([name, { flag, what }]) =>
    (options[name] ?? 'off') === 'off'
      ? []
      : [
          fail(ID, AT, {
            found: `${name} is ${options[name] ?? ''}`,
            detail: what,
            help: `tmux -S ${shellQuoted(socket)} set-option ${flag} ${name} off`,
          }),
        ],
  );
}

/** `#{T:pane_title}`, `#{E:@note}`: what a program writes there is expanded once more, and `#(…)` in it is run. */
const EXPANDED_TWICE =
  /#\{(?:[^{}:]*;)?[ET][^{}:]*:(?:pane_title|window_name|session_name|pane_current_path|@[\w-]+)\}/;

function expanding({ options, socket }: Facts): readonly Check[] {
  return Object.entries(options).flatMap(([name, value]) =>
    EXPANDED_TWICE.test(value)
      ? [
          fail(ID, AT, {
            found: `${name} expands what programs write: ${EXPANDED_TWICE.exec(value)?.[0] ?? ''}`,
            detail: 'A program whose title holds #(…) has it run as you, as soon as somebody is attached.',
            help: `tmux -S ${shellQuoted(socket)} show-options -g ${name}; without the E: or T: it is only shown`,
          }),
        ]
      : [],
  );
}

function typing({ options, socket }: Facts): readonly Check[] {
  if (options['extended-keys'] !== 'always') return [];
  return [
    warn(ID, AT, {
      found: 'extended-keys is always',
      detail:
        'Programs that did not ask for them are sent other keys: newlines in what is pasted may be lost.',
      help: `tmux -S ${shellQuoted(socket)} set-option -s extended-keys on`,
    }),
  ];
}
