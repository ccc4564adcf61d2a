/** The suite in your own process: what the command line does, for whoever wants the results as values. */

export { CATALOGUE } from './catalogue.ts';
export type { Check, Cost, Feature, ServiceMode } from './check.ts';
export { type Outcome, type Result, type Verdict, verdictOf } from './result.ts';
export { type ReportFiles, type RunRequest, run } from './run.ts';
export { areaOf, type Selection } from './selection.ts';
export type { TargetOptions } from './target.ts';
