import { dirname, join } from 'node:path';
import { paint, type Style } from '../report/style.ts';
import type { Homes } from './init-homes.ts';
import { shellWord } from './shell-quote.ts';

/**
 * Where `~/.claude` or a shared entry is still a real directory: what that means, the exact commands that would turn
 * it into the declared layout, and those that would undo them. Empty where there is nothing to do.
 */
export function firstDay(homes: Homes, style: Style): string {
  const steps = [...activeSteps(homes), ...homes.unshared.flatMap((each) => entrySteps(homes, each))];
  if (steps.length === 0) return '';
  return [
    '',
    paint(style, 'bold', 'Your folders are not laid out yet as the file declares them.'),
    "Rollcall never moves or replaces a real directory: somebody's data is there. These commands do it, each only",
    'where nothing stands in the way. End every running agent first: one that is open would write into the old place.',
    'None of them has been run.',
    '',
    ...steps.map(({ forth }) => `    ${forth}`),
    '',
    'and these, in this order, undo it:',
    '',
    ...steps.toReversed().map(({ back }) => `    ${back}`),
    '',
  ].join('\n');
}

interface Step {
  readonly forth: string;
  readonly back: string;
}

function activeSteps({ home, active, accounts, globalFile }: Homes): Step[] {
  const main = accounts['main'];
  if (active !== 'directory' || main === undefined) return [];
  const link = join(home, '.claude');
  return [
    ...moved(link, main),
    // An agent that is given a home of its own looks for this file inside it; the old one stays where it is.
    ...(globalFile
      ? [
          {
            forth: `cp -np ${shellWord(join(home, '.claude.json'))} ${shellWord(join(main, '.claude.json'))}`,
            // Aside, not away: by then it holds what was done since.
            back: `mv ${shellWord(join(main, '.claude.json'))} ${shellWord(join(main, '.claude.json.undone'))}`,
          },
        ]
      : []),
  ];
}

function entrySteps({ home, unshared }: Homes, { account, entry, path }: Homes['unshared'][number]): Step[] {
  const shared = join(home, '.claude-shared', entry);
  const first = unshared.find((each) => each.entry === entry)?.account === account;
  // Two accounts with an entry of their own cannot be merged by a command that can be undone.
  if (!first) {
    const aside = `${path}.before-rollcall`;
    return [
      {
        forth: `[ ! -e ${shellWord(aside)} ] && mv ${shellWord(path)} ${shellWord(aside)} && ln -s ${shellWord(shared)} ${shellWord(path)}`,
        back: `rm ${shellWord(path)} && mv ${shellWord(aside)} ${shellWord(path)}`,
      },
    ];
  }
  const folder = shellWord(dirname(shared));
  const making = `mkdir -p ${folder} && `;
  return moved(path, shared).map(({ forth, back }) => ({ forth: making + forth, back }));
}

/** A folder moved, with a link in its old place. `mv` would move into a target that is there, so that is tested. */
function moved(from: string, to: string): Step[] {
  const [source, target] = [shellWord(from), shellWord(to)];
  return [
    {
      forth: `[ ! -e ${target} ] && mv ${source} ${target} && ln -s ${target} ${source}`,
      back: `rm ${source} && mv ${target} ${source}`,
    },
  ];
}
