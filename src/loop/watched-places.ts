import { dirname, join } from 'node:path';
import type { DesiredState } from '../model/desired.ts';

/** Links and homes whose change is worth a look, and the folders they lie in. */
export function watchedPlaces(desired: DesiredState): {
  readonly paths: readonly string[];
  readonly folders: readonly string[];
} {
  const { accounts, sharedState, activeAccounts } = desired;
  const links = Object.values(accounts).flatMap(({ agent, home }) =>
    (sharedState?.entries[agent] ?? []).map((entry) => join(home, entry)),
  );
  const targets = Object.values(sharedState?.entries ?? {}).flatMap((entries) =>
    entries.map((entry) => join(sharedState?.root ?? '', entry)),
  );
  const active = Object.values(activeAccounts).flatMap(({ link }) => (link === null ? [] : [link]));
  const homes = Object.values(accounts).map(({ home }) => home);
  const paths = [...new Set([...links, ...targets, ...active, ...homes])].toSorted();
  return { paths, folders: [...new Set(paths.map((path) => dirname(path)))].toSorted() };
}
