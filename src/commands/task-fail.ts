import { reporting } from './task-report.ts';
import type { Verb } from './verb.ts';

/** `task fail [ID]`: the task has failed. */
export const run: Verb = reporting('failed');
