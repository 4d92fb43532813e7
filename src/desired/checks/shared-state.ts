import { asWarning, type Finding, wrongKey, wrongValue } from '../finding.ts';
import { absolutePath, isWithin, type PathBase } from '../paths.ts';
import { at, entries, isMap, items, text, type Written } from '../tree.ts';
import { shortened } from '../words.ts';
import { accountHomes } from './accounts.ts';
import { agentOf, agentsWithAccounts, builtinOf } from './known.ts';

/** Entries that must not be shared, entries that resuming needs, and a shared folder in the wrong place. */
export function sharedStateFindings(root: Written, base: PathBase): Finding[] {
  const shared = at(root, 'sharedState');
  const lists = entryLists(root);
  return [
    ...lists.flatMap(({ agent, list }) => forbidden(builtinOf(root, agent), list)),
    ...lists.flatMap(({ list }) => repeated(list)),
    ...misplacedRoot(at(shared, 'root'), root, base),
    ...unresumable(root, lists),
  ];
}

interface EntryList {
  readonly agent: string;
  readonly list: Written;
}

function entryLists(root: Written): EntryList[] {
  const node = at(root, 'sharedState', 'entries');
  if (isMap(node.value)) return entries(node).map(([agent, list]) => ({ agent, list }));
  return [{ agent: agentsWithAccounts(root)[0] ?? 'claude', list: node }];
}

/** Logins and what names the live processes of one home. Codex keeps its conversations in `sessions`. */
const NEVER_SHARED =
  /^(\.?credentials.*|\.claude\.json.*|auth\.json|oauth_creds\.json|google_accounts\.json|\.env.*|.*\.(key|pem|token)|id_(rsa|ed25519).*|keys?|secrets?|tokens?|daemon.*|backups)$/i;

const RESUMING_NEEDS: Readonly<Record<string, string>> = {
  claude: 'projects',
  codex: 'sessions',
  gemini: 'tmp',
};

function forbidden(builtin: string, list: Written): Finding[] {
  return items(list).flatMap((item) => {
    const entry = text(item) ?? '';
    const live = entry.toLowerCase() === 'sessions' && builtin !== 'codex';
    if (!live && !NEVER_SHARED.test(entry)) return [];
    const why = live ? 'it tells which sessions of one home are alive' : 'it belongs to one login';
    const message = `"${shortened(entry)}" must never be shared: ${why}`;
    return [
      wrongValue('never-shared', item.path, message, 'take it off the list; projects is what resuming needs'),
    ];
  });
}

function repeated(list: Written): Finding[] {
  const seen = new Set<string>();
  return items(list).flatMap((item) => {
    const entry = text(item);
    if (entry === null || !seen.has(entry)) {
      seen.add(entry ?? '');
      return [];
    }
    return [wrongValue('repeated', item.path, `"${shortened(entry)}" is on the list twice`, 'keep one')];
  });
}

function misplacedRoot(node: Written, root: Written, base: PathBase): Finding[] {
  const written = text(node);
  if (written === null || written === '') return [];
  const path = absolutePath(written, base);
  const help = 'put it beside the homes, as ~/.claude-shared';
  const home = accountHomes(root, base).find((one) => isWithin(path, one.path) || isWithin(one.path, path));
  if (home === undefined) return [];
  const how = home.path === path ? 'is' : isWithin(path, home.path) ? 'lies inside' : 'contains';
  const message = `the shared folder ${how} the home of account "${home.account}"`;
  return [wrongValue('shared-in-home', node.path, message, help)];
}

/** Only agents with more than one account ever resume elsewhere. */
function unresumable(root: Written, lists: readonly EntryList[]): Finding[] {
  const accounts = entries(at(root, 'accounts'));
  return agentsWithAccounts(root).flatMap((agent) => {
    const needed = RESUMING_NEEDS[builtinOf(root, agent)];
    const several = accounts.filter(([, account]) => agentOf(account) === agent).length > 1;
    const list = lists.find((one) => one.agent === agent)?.list;
    if (
      needed === undefined ||
      !several ||
      (list !== undefined && items(list).some((item) => text(item) === needed))
    ) {
      return [];
    }
    const written = list !== undefined && Array.isArray(list.value);
    const path = written ? '/sharedState/entries' : '/accounts';
    const message = `the ${agent} accounts do not share "${needed}": no conversation can go on after a swap`;
    const help = `add ${needed} to sharedState.entries`;
    return [asWarning(wrongKey('not-resumable', path, message, help))];
  });
}
