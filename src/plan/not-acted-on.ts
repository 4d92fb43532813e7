import type { DesiredState } from '../model/desired.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

/** Sections that are checked, and whose behaviour this version does not have yet. */
const SECTIONS = ['notify'] as const;

/** What the file asks for and nobody does yet: said, so that nobody waits for it. */
export function notActedOn(desired: DesiredState): readonly Diagnostic[] {
  return SECTIONS.filter((section) => Object.hasOwn(desired.sources, `/${section}`)).map((section) => ({
    severity: 'info',
    code: 'not-acted-on',
    target: `file/${section}`,
    summary: 'A section of the file is checked, but not acted on yet',
    detail: `${section}: this version of Rollcall reads and checks it and does nothing about it.`,
    help: null,
  }));
}
