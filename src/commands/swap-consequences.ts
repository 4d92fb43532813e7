import type { PlanInput } from '../model/plan-input.ts';

/** What follows of it later, for a person. */
export function consequences({ desired, observed }: PlanInput, to: string): readonly string[] {
  const agent = desired.accounts[to]?.agent ?? '';
  const spec = desired.activeAccounts[agent];
  const parked = Object.values(observed.runs).filter(
    ({ record }) => record.ok && record.value?.agent === agent && record.value.parkedUntil !== null,
  ).length;
  const goOn =
    parked === 0
      ? []
      : [
          `${parked === 1 ? '1 parked task goes' : `${String(parked)} parked tasks go`} on under ${to}: by \`rollcall run\`, or \`rollcall apply\`.`,
        ];
  const before = spec?.select === 'preferred' ? spec.prefer.slice(0, spec.prefer.indexOf(to)) : [];
  const back =
    before.length === 0
      ? []
      : [
          `select: preferred goes back to ${before.join(' or ')} once that can be worked under; \`rollcall suspend account/NAME\` prevents it.`,
        ];
  return [...goOn, ...back];
}
