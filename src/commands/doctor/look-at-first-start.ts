import { dirname, join } from 'node:path';
import { fileReader } from '../../host/files.ts';
import type { AgentSpec } from '../../model/desired.ts';
import { jsonMap, mapOf } from './look-at-claude.ts';

/**
 * What an agent would still ask at its start under a home in these folders; null where that cannot be told. Folders
 * below `trust` are answered by us before each start, and onboarding with them.
 */
export async function stillAsks(
  home: string,
  folders: readonly string[],
  spec: AgentSpec,
): Promise<readonly string[] | null> {
  const known = await ANSWERS[spec.extends]?.(home);
  if (known === undefined || known === null) return null;
  const ours = (folder: string): boolean =>
    spec.trust.some((root) => folder === root || folder.startsWith(root === '/' ? root : `${root}/`));
  const open = folders.filter((folder) => !ours(folder));
  const untrusted = open.filter((folder) => !known.trusts(folder));
  const isOnboardingOurs = folders.length > 0 && open.length === 0;
  return [
    ...(known.onboarded || isOnboardingOurs ? [] : ['its first-start questions']),
    ...untrusted.map((folder) => `whether to trust ${folder}`),
  ];
}

interface Answers {
  readonly onboarded: boolean;
  readonly trusts: (folder: string) => boolean;
}

/** By profile: where each keeps what was answered. Two keys of each file, and no other. */
const ANSWERS: Readonly<Record<string, (home: string) => Promise<Answers | null>>> = {
  'builtin:claude': claude,
  'builtin:codex': codex,
  'builtin:gemini': gemini,
};

const NOTHING: Answers = { onboarded: false, trusts: () => false };

async function claude(home: string): Promise<Answers | null> {
  const state = await jsonMap(join(home, '.claude.json'));
  if (state === null) return NOTHING;
  if (state === 'bad') return null;
  const projects = mapOf(state['projects']);
  return {
    onboarded: state['hasCompletedOnboarding'] === true,
    trusts: upwards(
      (folder) =>
        mapOf(Object.hasOwn(projects, folder) ? projects[folder] : null)['hasTrustDialogAccepted'] === true,
    ),
  };
}

const MOST_BYTES = 1024 * 1024;

/** `[projects."/folder"]` and below it `trust_level = "trusted"`; without any login or provider it asks for one. */
async function codex(home: string): Promise<Answers | null> {
  const text = await fileReader.text(join(home, 'config.toml'), MOST_BYTES);
  if (text.type !== 'ok') return text.code === 'ENOENT' ? { ...NOTHING, onboarded: true } : null;
  const sections = text.value.split(/^(?=\[)/m);
  const trusted = sections.flatMap((section) => {
    const folder = /^\[projects\.(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\]/.exec(section);
    return folder !== null && /^trust_level\s*=\s*["']trusted["']/m.test(section)
      ? [folder[1] ?? folder[2] ?? '']
      : [];
  });
  return { onboarded: true, trusts: upwards((folder) => trusted.includes(folder)) };
}

async function gemini(home: string): Promise<Answers | null> {
  const folders = await jsonMap(join(home, 'trustedFolders.json'));
  const settings = await jsonMap(join(home, 'settings.json'));
  if (folders === 'bad' || settings === 'bad') return null;
  const auth = mapOf(mapOf(settings?.['security'])['auth']);
  return {
    onboarded: typeof auth['selectedType'] === 'string',
    trusts: upwards(
      (folder) => folders?.[folder] === 'TRUST_FOLDER' || folders?.[dirname(folder)] === 'TRUST_PARENT',
    ),
  };
}

/** A trusted folder covers what is below it. */
function upwards(isTrusted: (folder: string) => boolean): Answers['trusts'] {
  const trusts = (folder: string): boolean =>
    isTrusted(folder) || (folder !== dirname(folder) && trusts(dirname(folder)));
  return trusts;
}
