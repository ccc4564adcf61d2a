// The interface that validation libraries share (https://standardschema.dev), as far as the SDK uses it. It is written
// out here, as its authors intend, so that no library is a dependency.

/** A schema of any library that implements Standard Schema: Zod, Valibot, ArkType and others. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the standard lays down. */
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a validation gave: a value, or what is wrong with the input. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with the input. */
export interface StandardIssue {
  /** What is wrong, in words. */
  readonly message: string;
  /** Where in the input; absent for the input as a whole. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The issues as one line of text. */
export function describeIssues(issues: readonly StandardIssue[]): string {
  return issues.map(({ message, path = [] }) => `${describePath(path)}${message}`).join('; ');
}

function describePath(path: NonNullable<StandardIssue['path']>): string {
  if (path.length === 0) return '';
  return `${path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')}: `;
}
