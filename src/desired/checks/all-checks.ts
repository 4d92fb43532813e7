import type { Finding } from '../finding.ts';
import type { PathBase } from '../paths.ts';
import type { Written } from '../tree.ts';
import { accountFindings } from './accounts.ts';
import { agentFindings } from './agents.ts';
import { inboxFindings } from './inboxes.ts';
import { limitFindings } from './limits.ts';
import { linkFindings } from './links.ts';
import { notifyFindings } from './notify.ts';
import { poolFindings } from './pools.ts';
import { sharedStateFindings } from './shared-state.ts';

/** What is wrong between parts of the file that are each well-formed. Runs on files whose shape is wrong, too. */
export function crossFindings(root: Written, base: PathBase): Finding[] {
  return CHECKS.flatMap((check) => check(root, base));
}

const CHECKS: readonly ((root: Written, base: PathBase) => Finding[])[] = [
  agentFindings,
  accountFindings,
  linkFindings,
  sharedStateFindings,
  poolFindings,
  inboxFindings,
  notifyFindings,
  limitFindings,
];
