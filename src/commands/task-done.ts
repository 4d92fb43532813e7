import { reporting } from './task-report.ts';
import type { Verb } from './verb.ts';

/** `task done [ID]`: the task is done. */
export const run: Verb = reporting('done');
