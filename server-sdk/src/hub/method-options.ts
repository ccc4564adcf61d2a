import type { Hub } from './hub.ts';
import type { HubCallerContext } from './hub-caller-context.ts';
import type { MethodName, WithoutStreams } from './hub-contract.ts';
import type { HubInvocation } from './hub-filter.ts';
import type { StandardSchema } from './standard-schema.ts';

/** A parameter that is a stream from the client. */
export interface UploadParameter {
  /** Index of the parameter, from 0. */
  readonly position: number;
  /** Checks every item as it is read. */
  readonly schema?: StandardSchema;
}

/** How one hub method is called. Everything has a default. */
export interface MethodOptions<A extends readonly unknown[] = readonly unknown[]> {
  /** Name that clients call instead of the method's own. */
  readonly name?: string;
  /**
   * The parameters that are streams from the client. Default: none is declared, and an invocation that brings streams
   * gets them as the last parameters.
   */
  readonly streams?: readonly (number | UploadParameter)[];
  /**
   * Checks the list of arguments, streams left out, and may change it. A failure is answered like an argument of the
   * wrong type. With a schema, it alone decides how many arguments there must be.
   */
  readonly schema?: StandardSchema<unknown, WithoutStreams<A>>;
  /** How many arguments a client must give, streams not counted. Default: the function's own count of parameters. */
  readonly argumentCount?: number;
  /**
   * What the method gives. Default: what it returns decides, after it ran; an async generator is known to be a stream
   * before.
   */
  readonly returns?: 'stream' | 'value';
  /**
   * May this client call the method, with these arguments? `requireUser`, `requireRole` and `requireClaim` give common
   * conditions. Default: every client may.
   */
  readonly authorize?: (context: HubCallerContext, invocation: HubInvocation) => boolean | Promise<boolean>;
}

/** Options by method. Made by `defineMethods`. */
export type MethodTableOptions = Readonly<Record<string, MethodOptions>>;

type ParametersOf<F> = F extends (...args: infer A) => unknown ? A : never;

/** The hub methods of a class: its own, not those of `Hub` and of all objects. */
export type OwnMethodName<H> = Exclude<MethodName<H>, keyof Hub | keyof typeof Object.prototype>;

/**
 * Declares options of hub methods. Keep the result in a static field:
 *
 * ```ts
 * class ChatHub extends Hub<ChatContract> {
 *   static readonly methods = defineMethods<ChatHub>({ sum: { streams: [0] }, rename: { name: 'setName' } });
 * }
 * ```
 */
export function defineMethods<H>(
  options: {
    readonly [M in OwnMethodName<H>]?: MethodOptions<ParametersOf<H[M]>>;
  },
): MethodTableOptions {
  const table: Record<string, MethodOptions> = {};
  for (const [name, method] of Object.entries<MethodOptions | undefined>(options)) {
    if (method !== undefined) table[name] = method;
  }
  return table;
}
