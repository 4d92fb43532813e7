import type { PlanInput } from '../model/plan-input.ts';
import { durationWords } from './duration.ts';
import { suspended } from './holds.ts';
import { linksOf, usableAccounts } from './usable.ts';
import { exhaustedUntil, loggedOutAt } from './wanted-account.ts';

/** Everything that keeps an account from being worked under now, in words; empty: nothing does. */
export function unusable(input: PlanInput, account: string): readonly string[] {
  const spec = input.desired.accounts[account];
  if (spec === undefined) return ['it is not declared'];
  const active = input.desired.activeAccounts[spec.agent];
  const until = exhaustedUntil(input, account);
  const links = linksOf(input, account);
  const hold = suspended(input, [`account/${account}`]);
  const loggedOut = loggedOutAt(input, account);
  const found = [
    active?.prefer.includes(account) === true ? null : 'activeAccount.prefer does not name it',
    homeProblem(input, spec.home),
    links === 'intact' || isUsable(input, account) ? null : `its shared links are not all intact (${links})`,
    input.exhaustedUntil.ok ? null : 'what is known of its quota could not be read',
    until === null ? null : `it has no quota for ${durationWords(until - input.observed.at)} more`,
    loggedOut === null
      ? null
      : `its login was refused ${durationWords(input.observed.at - loggedOut)} ago: nothing is moved to it by itself`,
    hold === null ? null : hold.because,
  ];
  return found.filter((each) => each !== null);
}

/** Missing links that this very plan makes are in nobody's way. */
function isUsable(input: PlanInput, account: string): boolean {
  const agent = input.desired.accounts[account]?.agent ?? '';
  const spec = input.desired.activeAccounts[agent];
  return spec !== undefined && usableAccounts(input, spec).includes(account);
}

function homeProblem({ observed }: PlanInput, home: string): string | null {
  const there = observed.directories[home];
  if (there === undefined) return `its home ${home} was not looked at`;
  if (!there.ok) return `its home ${home} could not be read`;
  switch (there.value.type) {
    case 'present':
      return null;
    case 'absent':
      return `its home ${home} does not exist`;
    case 'not-a-directory':
      return `its home ${home} is not a folder`;
  }
}
