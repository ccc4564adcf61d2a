import type { NextInvocation } from './hub-filter.ts';
import type { MethodOptions, UploadParameter } from './method-options.ts';

/** A hub method, ready to be called. */
export interface HubMethod {
  /** As written in the class. */
  readonly name: string;
  readonly body: (...args: readonly unknown[]) => unknown;
  /** The body with its filters around it; undefined when there are none. */
  readonly filtered: NextInvocation | undefined;
  /** Number of parameters, streams counted. Undefined: not to be checked. */
  readonly parameterCount: number | undefined;
  /** Undefined: not declared; streams of an invocation become the last parameters. */
  readonly uploads: readonly UploadParameter[] | undefined;
  readonly returns: 'stream' | 'value' | undefined;
  readonly schema: MethodOptions['schema'];
  readonly authorize: MethodOptions['authorize'];
}
