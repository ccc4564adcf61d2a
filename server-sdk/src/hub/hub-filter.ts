// What apps put around the calls of their hubs (client-protocol 6.5).
import type { Hub } from './hub.ts';
import type { HubCallerContext } from './hub-caller-context.ts';

/** A hub that is told of a client's coming or going. */
export interface HubLifetimeContext {
  /** The client. */
  readonly context: HubCallerContext;
  /** The hub instance of this event. */
  readonly hub: Hub;
}

/** What a client calls. */
export interface HubInvocation {
  /** Name of the method in the class, whatever name clients call it by. */
  readonly hubMethodName: string;
  /** The arguments in their order. For `authorize` without streams from the client. */
  readonly arguments: readonly unknown[];
}

/** A call of a hub method by a client. `arguments` are those that the method gets, streams from the client included. */
export interface HubInvocationContext extends HubInvocation {
  /** The client that calls. */
  readonly context: HubCallerContext;
  /** The hub instance of this call. */
  readonly hub: Hub;
}

/** Goes on with the call: the next filter, at last the method. Resolves with its result, a stream included. */
export type NextInvocation = (invocation: HubInvocationContext) => Promise<unknown>;

/** Goes on with `onConnected`. */
export type NextConnected = (lifetime: HubLifetimeContext) => Promise<void>;

/** Goes on with `onDisconnected`. */
export type NextDisconnected = (lifetime: HubLifetimeContext, error: Error | undefined) => Promise<void>;

/**
 * Wraps the calls of hubs: for logging, limits, translation of errors.
 *
 * ```ts
 * const timed: HubFilter = {
 *   async invokeMethod(invocation, next) {
 *     const start = performance.now();
 *     try {
 *       return await next(invocation);
 *     } finally {
 *       console.log(invocation.hubMethodName, performance.now() - start);
 *     }
 *   },
 * };
 * ```
 *
 * Filters of all hubs run first, then the hub's own, each list in its order: the first is the outermost. One object
 * serves all calls. What a filter throws is answered as if the hub had thrown it: clients read the text of a
 * `HubException` only, unless `enableDetailedErrors` is on.
 */
export interface HubFilter {
  /**
   * Around every hub method, after the client's arguments were checked and the call was authorized. May change the
   * arguments (`next({ ...invocation, arguments: […] })`), leave out `next` and give a result itself, or give another
   * result: for a stream, another stream.
   */
  invokeMethod?(invocation: HubInvocationContext, next: NextInvocation): unknown;
  /** Around `onConnected`. Throwing disconnects the client, and `onDisconnected` does not run. */
  onConnected?(lifetime: HubLifetimeContext, next: NextConnected): void | Promise<void>;
  /** Around `onDisconnected`. `error` says why, when the client did not leave in order. What it throws is logged. */
  onDisconnected?(lifetime: HubLifetimeContext, error: Error | undefined, next: NextDisconnected): void | Promise<void>;
}
