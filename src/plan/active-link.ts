import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlanInput } from '../model/plan-input.ts';
import type { Hold } from './draft.ts';
import { entriesOf } from './order.ts';
import { leadsTo, shellWord } from './paths.ts';

/** What an agent's active link shows. */
export type ActiveLink =
  | { readonly type: 'undeclared' }
  | { readonly type: 'absent' }
  | { readonly type: 'account'; readonly account: string; readonly text: string }
  /** It is not a link of ours, or could not be read: reported, never replaced. */
  | { readonly type: 'stuck'; readonly diagnostic: Diagnostic; readonly hold: Hold };

/** What stands at the agent's active link. */
export function activeLink(
  { desired, observed }: Pick<PlanInput, 'desired' | 'observed'>,
  agent: string,
): ActiveLink {
  const path = desired.activeAccounts[agent]?.link ?? null;
  if (path === null) return { type: 'undeclared' };
  const target = `link/${agent}`;
  const reading = observed.paths[path];
  if (reading === undefined || !reading.ok) {
    const detail = reading?.diagnostic.detail ?? `${path} was not looked at`;
    return stuck('link-unreadable', target, 'A link could not be looked at', detail, null);
  }
  const there = reading.value;
  if (there.type === 'absent') return { type: 'absent' };
  if (there.type !== 'link') {
    const detail = `${path} is a ${there.type === 'directory' ? 'folder' : there.type}, not the active link; it may hold data`;
    const help = `rollcall init  (explains how to turn it into an account's home, and undo it)`;
    return stuck('link-blocked', target, 'Something stands where a link belongs', detail, help);
  }
  const found = entriesOf(desired.accounts).find(
    ([, { agent: of, home }]) => of === agent && leadsTo(observed, path, there, home),
  );
  if (found !== undefined) return { type: 'account', account: found[0], text: there.target };
  const detail = `${path} points to ${there.target}, which is no declared home`;
  const help = `rm ${shellWord(path)}  (only the link goes; Rollcall then makes the right one)`;
  return stuck('link-diverged', target, 'A link points elsewhere', detail, help);
}

function stuck(
  code: 'link-unreadable' | 'link-blocked' | 'link-diverged',
  target: string,
  summary: string,
  detail: string,
  help: string | null,
): ActiveLink {
  const reason = code === 'link-unreadable' ? 'unreadable' : 'link-diverged';
  const diagnostic: Diagnostic = { severity: 'error', code, target, summary, detail, help };
  return { type: 'stuck', diagnostic, hold: { reason, because: detail, until: null } };
}
