import { FlowGroups, type GroupManager } from './group-manager.ts';
import type { HubCall } from './hub-call.ts';
import type { HubCallerContext } from './hub-caller-context.ts';
import { CallerClients, type HubCallerClients } from './hub-clients.ts';
import type { HubContract, UntypedHubContract } from './hub-contract.ts';

/** What every hub has, whatever its contract. */
export interface HubLifecycle {
  /** Runs when a client connected. */
  onConnected(): void | Promise<void>;
  /** Runs when a client is gone; `error` says why, when it did not leave in order. */
  onDisconnected(error?: Error): void | Promise<void>;
}

/** The contract of a hub class or instance. */
export type ContractOf<H> = H extends { readonly '~contract'?: infer C extends HubContract } ? C : never;

/** Gives a hub instance its call. Set by the class below: nobody else can reach into it. */
export let enterCall: (hub: HubLifecycle, call: HubCall) => void;

/**
 * Base class of hubs. Its methods are what clients may call:
 *
 * ```ts
 * class ChatHub extends Hub<ChatContract> implements HubMethods<ChatContract> {
 *   async send(user: string, text: string) {
 *     await this.clients.all.send('message', user, text);
 *   }
 * }
 * ```
 *
 * A new instance is made for every invocation and lifecycle event: keep nothing in fields; `context.items` is for that.
 *
 * Clients can call every method of your classes below `Hub`, by its name without regard to case. They cannot call
 * lifecycle events, what all objects have, `#private` methods, methods whose names start with `_`, accessors, and
 * functions in fields. TypeScript's own `private` does not hide a method from them.
 */
export abstract class Hub<C extends HubContract = UntypedHubContract> implements HubLifecycle {
  /** Carries the type of the contract; there is never a value. */
  declare readonly '~contract'?: C;
  #call: HubCall | undefined;

  /** Sends to clients. All that one call sends keeps its order. */
  get clients(): HubCallerClients<C> {
    const call = this.#current;
    return new CallerClients<C>(call, call.owner.context.connectionId);
  }

  /** Puts connections into groups and takes them out. */
  get groups(): GroupManager {
    return new FlowGroups(this.#current);
  }

  /** The client that called. */
  get context(): HubCallerContext {
    return this.#current.owner.context;
  }

  /** Aborted when the client cancels this invocation, or is gone. */
  get signal(): AbortSignal {
    return this.#current.signal;
  }

  /** A client connected. Runs before any of its invocations; throwing disconnects the client. Default: nothing. */
  onConnected(): void | Promise<void> {}

  /**
   * A client is gone. `error` says why, when it did not leave in order. Not called when `onConnected` threw. Default:
   * nothing.
   */
  onDisconnected(_error?: Error): void | Promise<void> {}

  get #current(): HubCall {
    if (this.#call !== undefined) return this.#call;
    throw new TypeError(
      'A hub knows its client only during a call. Use signalr.hub(name) outside, and no constructor.',
    );
  }

  static {
    enterCall = (hub, call) => {
      if (#call in hub) hub.#call = call;
    };
  }
}
