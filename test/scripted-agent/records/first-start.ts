import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Options } from '../command-line.ts';
import type { FirstStartDialog } from '../scenario/scenario.ts';
import { isObject } from '../scenario/shape.ts';
import type { Menu } from '../screen/menu.ts';
import { readObject } from './home.ts';
import type { Home } from './home.ts';
import type { Settings } from './settings.ts';

/** The dialogs of the script that nobody has answered beforehand, in the order they come. */
export function openDialogs(
  wanted: readonly FirstStartDialog[],
  home: Home,
  cwd: string,
  settings: Settings,
  options: Options,
): readonly FirstStartDialog[] {
  const state = readObject(home.stateFile);
  const open: Readonly<Record<FirstStartDialog, boolean>> = {
    onboarding: state['hasCompletedOnboarding'] !== true,
    trust: !isTrusted(state, cwd),
    bypass: options.mode === 'bypassPermissions' && !settings.skipBypassDialog,
  };
  const order: readonly FirstStartDialog[] = ['onboarding', 'trust', 'bypass'];
  return order.filter((dialog) => wanted.includes(dialog) && open[dialog]);
}

/** The dialog as it is asked; each has the answer selected first that Claude Code 2.1.330 selects. */
export function firstStartMenu(dialog: FirstStartDialog, cwd: string): Menu {
  return { selected: 0, ...MENUS[dialog](cwd) };
}

/** What a `yes` leaves in the home, so that it is not asked again. False: it was a `no`. */
export function acceptDialog(
  dialog: FirstStartDialog,
  answer: number | null,
  home: Home,
  cwd: string,
): boolean {
  if (dialog === 'onboarding') {
    if (answer === null) return false;
    save(home.stateFile, { ...readObject(home.stateFile), hasCompletedOnboarding: true });
    return true;
  }
  if (answer !== 1) return false;
  if (dialog === 'bypass') {
    save(home.settingsFile, { ...readObject(home.settingsFile), skipDangerousModePermissionPrompt: true });
    return true;
  }
  const state = readObject(home.stateFile);
  const projects = isObject(state['projects']) ? state['projects'] : {};
  const own = isObject(projects[cwd]) ? projects[cwd] : {};
  save(home.stateFile, {
    ...state,
    projects: { ...projects, [cwd]: { ...own, hasTrustDialogAccepted: true } },
  });
  return true;
}

/** What is printed after a `no`. */
export const DECLINED: Readonly<Record<FirstStartDialog, string>> = {
  onboarding: '',
  trust:
    "Claude Code didn't start because this folder isn't trusted.\r\nRun claude again and choose Yes, or run it in another folder.\r\n",
  bypass: '',
};

const MENUS: Readonly<Record<FirstStartDialog, (cwd: string) => Omit<Menu, 'selected'>>> = {
  onboarding: () => ({
    dialog: 'onboarding',
    lines: [],
    options: [
      'Auto (match terminal)',
      'Dark mode',
      'Light mode',
      'Dark mode (colorblind-friendly)',
      'Light mode (colorblind-friendly)',
      'Dark mode (ANSI colors only)',
      'Light mode (ANSI colors only)',
    ].map((label) => ({ label })),
  }),
  trust: (cwd) => ({
    dialog: 'trust',
    lines: [
      cwd,
      "Quick safety check: Is this a project you created or one you trust? (Like your own code, a well-known open source project, or work from your team). If not, take a moment to review what's in this folder first.",
      "Claude Code'll be able to read, edit, and execute files here.",
    ],
    options: [{ label: 'No, exit' }, { label: 'Yes, I trust this folder' }],
  }),
  bypass: () => ({
    dialog: 'bypass-permissions',
    lines: [
      'In Bypass Permissions mode, Claude Code will not ask for your approval before running potentially dangerous commands.\nThis mode should only be used in a sandboxed container/VM that has restricted internet access and can easily be restored if damaged.',
      'By proceeding, you accept all responsibility for actions taken while running in Bypass Permissions mode.',
      'https://code.claude.com/docs/en/security',
    ],
    options: [{ label: 'No, exit' }, { label: 'Yes, I accept' }],
  }),
};

/** A trusted folder covers what is below it. */
function isTrusted(state: Record<string, unknown>, cwd: string): boolean {
  const projects = isObject(state['projects']) ? state['projects'] : {};
  for (let folder = cwd; ; folder = dirname(folder)) {
    const project = projects[folder];
    if (isObject(project) && project['hasTrustDialogAccepted'] === true) return true;
    if (folder === dirname(folder)) return false;
  }
}

function save(file: string, value: Record<string, unknown>): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(value, null, 2), { mode: 0o600 });
}
