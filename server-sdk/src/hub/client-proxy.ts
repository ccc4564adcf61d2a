// The ends of `clients.…`: what is left to say is the method and its arguments.
import type { Outlet } from '../server-connection/outlet.ts';
import { requireArgument } from './argument-checks.ts';
import type { ClientMethodArguments, ClientMethodName, ClientMethodResult, HubContract } from './hub-contract.ts';
import type { HubSender } from './hub-sender.ts';
import type { SendTarget } from './send-target.ts';

/** Sends to some clients. */
export interface ClientProxy<C extends HubContract> {
  /**
   * Calls a method on the clients and wants no answer. Resolves when there is room for the next send; that clients
   * received it is not known. Await it where a lot is sent.
   *
   * @throws SignalRServerError `not-connected`, `send-buffer-full`.
   */
  send<M extends ClientMethodName<C>>(method: M, ...args: ClientMethodArguments<C, M>): Promise<void>;
}

/** The last argument of `invoke` that is not for the client. */
export interface InvokeOptions {
  /** Gives the result up: `invoke` rejects with a `HubException`. The client is not told. */
  readonly signal: AbortSignal | undefined;
}

/** Sends to one client, and asks it for results. */
export interface SingleClientProxy<C extends HubContract> extends ClientProxy<C> {
  /**
   * Calls a method on the client and waits for its result, at most `clientResultTimeoutMs`. An object with nothing but
   * `signal` behind the arguments is taken as `InvokeOptions`.
   *
   * @throws HubException with the client's error, or when the signal was aborted.
   * @throws SignalRServerError `client-result-failed` when the client is not there or leaves, `client-result-timeout`,
   *   `client-result-not-allowed` in `onConnected`.
   */
  invoke<M extends ClientMethodName<C>>(
    method: M,
    ...args: ClientMethodArguments<C, M> | [...ClientMethodArguments<C, M>, InvokeOptions]
  ): Promise<ClientMethodResult<C, M>>;
}

/** What carries the sends of a flow. */
export type FlowSender = Pick<HubSender, 'send' | 'invoke' | 'changeGroup'>;

/** The flow of hub code that sends belong to: they keep their order on one server connection. */
export interface SendFlow {
  readonly sender: FlowSender;
  /** Undefined outside hub calls. */
  readonly route: Outlet | undefined;
  /** Called before a client is asked for a result. Throws where that is not allowed. */
  beforeInvoke(): void;
}

/** Sends to a target. */
export class TargetProxy<C extends HubContract> implements ClientProxy<C> {
  readonly #flow: SendFlow;
  readonly #target: SendTarget;

  constructor(flow: SendFlow, target: SendTarget) {
    this.#flow = flow;
    this.#target = target;
  }

  send<M extends ClientMethodName<C>>(method: M, ...args: ClientMethodArguments<C, M>): Promise<void> {
    if (this.#target.to === 'groups' && this.#target.groups.includes('')) {
      return Promise.reject(new TypeError('Cannot send to an empty group name.'));
    }
    const call = { method: requireArgument(method, 'method'), args };
    return this.#flow.sender.send(this.#target, call, this.#flow.route);
  }
}

/** Sends to one connection, and asks it. */
export class ConnectionProxy<C extends HubContract> extends TargetProxy<C> implements SingleClientProxy<C> {
  readonly #flow: SendFlow;
  readonly #connectionId: string;

  constructor(flow: SendFlow, connectionId: string) {
    super(flow, { to: 'connections', connectionIds: [connectionId] });
    this.#flow = flow;
    this.#connectionId = connectionId;
  }

  async invoke<M extends ClientMethodName<C>>(
    method: M,
    ...args: ClientMethodArguments<C, M> | [...ClientMethodArguments<C, M>, InvokeOptions]
  ): Promise<ClientMethodResult<C, M>> {
    this.#flow.beforeInvoke();
    const { sender, route } = this.#flow;
    const call = { method: requireArgument(method, 'method'), ...splitOptions(args) };
    // What a client answers is taken at its word, like every value from the wire.
    return (await sender.invoke(this.#connectionId, call, route)) as ClientMethodResult<C, M>;
  }
}

function splitOptions(all: readonly unknown[]): { args: readonly unknown[]; signal: AbortSignal | undefined } {
  const last = all.at(-1);
  if (!isInvokeOptions(last)) return { args: all, signal: undefined };
  return { args: all.slice(0, -1), signal: last.signal };
}

/** No client method can want this as an argument: a signal cannot be sent. */
function isInvokeOptions(value: unknown): value is InvokeOptions {
  if (typeof value !== 'object' || value === null || !('signal' in value)) return false;
  const isSignal = value.signal === undefined || value.signal instanceof AbortSignal;
  return isSignal && Object.keys(value).length === 1;
}
