import { type Finding, wrongValue } from '../finding.ts';
import { absolutePath, isWithin, type PathBase } from '../paths.ts';
import { at, entries, text, type Written } from '../tree.ts';
import { accountHomes, type Home, overlap } from './accounts.ts';

/** Active links that stand where a home, the shared folder or another link is. */
export function linkFindings(root: Written, base: PathBase): Finding[] {
  const homes = accountHomes(root, base);
  const links = activeLinks(root, base);
  const sharedRoot = text(at(root, 'sharedState', 'root'));
  const shared = sharedRoot === null || sharedRoot === '' ? null : absolutePath(sharedRoot, base);
  return links.flatMap((link, index) => [
    ...againstHomes(link, homes),
    ...(shared !== null && overlap(link.path, shared) ? [onShared(link)] : []),
    ...links.slice(0, index).flatMap((other) => (overlap(link.path, other.path) ? [onLink(link)] : [])),
  ]);
}

interface Link {
  readonly node: Written;
  readonly path: string;
}

function activeLinks(root: Written, base: PathBase): Link[] {
  const node = at(root, 'activeAccount', 'link');
  // A handful of agents have one; more is a mistake already reported, and comparing all with all has its price.
  const nodes = text(node) === null ? entries(node).map(([, link]) => link) : [node];
  return nodes.slice(0, 20).flatMap((link) => {
    const written = text(link);
    return written === null || written === '' ? [] : [{ node: link, path: absolutePath(written, base) }];
  });
}

function againstHomes(link: Link, homes: readonly Home[]): Finding[] {
  const help =
    'the link points at a home, so it must stand outside all of them, as ~/.claude beside ~/.claude-main';
  for (const home of homes) {
    const what = relation(link.path, home);
    if (what !== null) return [wrongValue('link-in-home', link.node.path, `the active link ${what}`, help)];
  }
  return [];
}

function relation(link: string, home: Home): string | null {
  if (link === home.path) return `is itself the home of account "${home.account}"`;
  if (isWithin(link, home.path)) return `lies inside the home of account "${home.account}"`;
  return isWithin(home.path, link) ? `would have the home of account "${home.account}" behind it` : null;
}

function onShared(link: Link): Finding {
  const message = 'the active link and the shared folder overlap';
  return wrongValue('link-in-shared', link.node.path, message, 'keep sharedState.root outside it');
}

function onLink(link: Link): Finding {
  return wrongValue(
    'link-twice',
    link.node.path,
    'two active links overlap',
    'give each agent a link of its own',
  );
}
