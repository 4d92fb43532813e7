/**
 * Rollcall as a library: read a desired state, plan over an observed world, publish the result. The verbs of the
 * command line are the supported way to change anything.
 */
export type { DesiredState } from './model/desired.ts';
export type { Diagnostic } from './model/diagnostic.ts';
export type { Observed } from './model/observed.ts';
export type { Action, Plan, Withheld } from './model/plan.ts';
export type { PlanInput } from './model/plan-input.ts';
export type { DesiredReading, FileProblem } from './model/seams.ts';
export { readDesired, readDesiredBytes } from './desired/read.ts';
export { desiredJsonSchema } from './desired/json-schema.ts';
export { plan } from './plan/plan.ts';
export { planDocument } from './report/plan-document.ts';
