// Everything that hub code sends: to clients, to groups, about groups (service-protocol 8, 9).
import type { Payload, ServiceMessage } from '@signalite/protocol/service';
import type { ClientProtocol, HubProtocols } from '../client-connection/hub-protocols.ts';
import type { RoutedTarget } from '../endpoints/routed-target.ts';
import { SignalRServerError } from '../errors.ts';
import type { Acks } from '../server-connection/acks.ts';
import { confirmedByFirst } from '../server-connection/confirmations.ts';
import type { MessageMarker } from '../server-connection/message-tracing.ts';
import type { Outlet, Outlets } from '../server-connection/outlet.ts';
import type { ClientResults } from './client-results.ts';
import { bufferFull, onWays } from './on-ways.ts';
import { isEmptyTarget, messageFor, type SendTarget } from './send-target.ts';

/** A client of this app server, as far as sends to it go. */
export interface LocalClient {
  readonly outlet: Outlet;
  /** Undefined before its handshake. */
  readonly protocol: ClientProtocol | undefined;
  /** Something was sent to it: no ping is due for a while. */
  noteSend(): void;
}

/** What a sender works with. */
export interface HubSenderParts {
  readonly outlets: Outlets;
  readonly protocols: HubProtocols;
  readonly acks: Acks;
  readonly results: ClientResults;
  readonly tracing: MessageMarker;
  readonly findClient: (connectionId: string) => LocalClient | undefined;
}

/** A call of a client method. */
export interface ClientCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** A call of a client method that gives something back. */
export interface ResultCall extends ClientCall {
  /** Gives the result up. */
  readonly signal: AbortSignal | undefined;
}

/** Which client is to join or leave which group. */
export interface GroupChange {
  readonly change: 'join' | 'leave';
  readonly connectionId: string;
  readonly group: string;
}

const DONE = Promise.resolve();

/** Sends for one hub. `route` is the server connection of the flow that a send belongs to, for the sake of order. */
export class HubSender {
  readonly #parts: HubSenderParts;

  constructor(parts: HubSenderParts) {
    this.#parts = parts;
  }

  /** Resolves when there is room for more, not when clients have the message. */
  send(target: SendTarget, call: ClientCall, route: Outlet | undefined): Promise<void> {
    if (isEmptyTarget(target)) return DONE;
    try {
      const client = this.#onlyClient(target);
      client?.noteSend();
      const payloads = this.#encode(client?.protocol, { type: 1, target: call.method, arguments: call.args });
      const message = this.#parts.tracing.mark(messageFor(target, payloads));
      const ways = this.#waysTo(client, target, route);
      return ways === undefined ? this.#writeLater(message, target, route) : write(message, ways);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Asks one client for a result. */
  invoke(connectionId: string, call: ResultCall, route: Outlet | undefined): Promise<unknown> {
    const client = this.#parts.findClient(connectionId);
    const target = { to: 'connections', connectionIds: [connectionId] } as const;
    const find = () => this.#waysTo(client, target, client?.outlet ?? route);
    return onWays(this.#parts.outlets, find, (ways) => this.#invokeOn(ways, connectionId, call));
  }

  /** Resolves when the service has done it; a client that is not there is no error. */
  changeGroup(change: GroupChange, route: Outlet | undefined): Promise<void> {
    const client = this.#parts.findClient(change.connectionId);
    const find = () => this.#waysTo(client, { to: 'group', group: change.group }, route);
    return onWays(this.#parts.outlets, find, (ways) => this.#changeGroupOn(ways, change));
  }

  /** The message with an id for the service's log, where one is wanted. */
  mark<M extends ServiceMessage>(message: M): M {
    return this.#parts.tracing.mark(message);
  }

  async #invokeOn(
    ways: readonly Outlet[],
    connectionId: string,
    { method, args, signal }: ResultCall,
  ): Promise<unknown> {
    const { findClient, results, tracing } = this.#parts;
    if (ways.length === 0) throw notRouted(connectionId);
    const { invocationId, result } = results.expect(connectionId, ways, signal);
    try {
      const message = { type: 1, invocationId, target: method, arguments: args } as const;
      const payloads = this.#encode(findClient(connectionId)?.protocol, message);
      const callerServerId = results.serverName;
      const question = tracing.mark({ type: 34, invocationId, connectionId, callerServerId, payloads } as const);
      for (const way of ways) way.append(question);
    } catch (error) {
      results.abandon(invocationId, error);
    }
    return result;
  }

  async #changeGroupOn(ways: readonly Outlet[], { change, connectionId, group }: GroupChange): Promise<void> {
    const { acks, tracing } = this.#parts;
    const type = change === 'join' ? 18 : 19;
    const changeOn = async (way: Outlet) => {
      const { ackId, confirmed } = acks.expect(way);
      way.append(tracing.mark({ type, connectionId, group, ackId }));
      return confirmed;
    };
    await confirmedByFirst(ways.map(changeOn));
  }

  /** The client of this app server that is all of the target. */
  #onlyClient(target: SendTarget): LocalClient | undefined {
    const [connectionId] = target.to === 'connections' && target.connectionIds.length === 1 ? target.connectionIds : [];
    return connectionId === undefined ? undefined : this.#parts.findClient(connectionId);
  }

  #encode(only: ClientProtocol | undefined, message: Parameters<HubProtocols['encodeForAll']>[0]): readonly Payload[] {
    if (only === undefined) return this.#parts.protocols.encodeForAll(message);
    return [{ protocol: only.name, data: only.protocol.encode(message) }];
  }

  /** A client of this app server is on one endpoint; where others are, only the router can say. */
  #waysTo(
    client: LocalClient | undefined,
    target: RoutedTarget,
    route: Outlet | undefined,
  ): readonly Outlet[] | undefined {
    const { outlets } = this.#parts;
    return client === undefined ? outlets.waysTo(target, route) : outlets.waysBeside(client.outlet, route);
  }

  async #writeLater(message: ServiceMessage, target: SendTarget, route: Outlet | undefined): Promise<void> {
    await onWays(
      this.#parts.outlets,
      () => this.#waysTo(this.#onlyClient(target), target, route),
      (ways) => write(message, ways),
    );
  }
}

/** An endpoint that does not read fails the send; the others get it. */
function write(message: ServiceMessage, ways: readonly Outlet[]): Promise<void> {
  const [way] = ways;
  if (ways.length === 1 && way !== undefined) return writeOn(way, message);
  return Promise.all(ways.map((one) => writeOn(one, message))).then(() => undefined);
}

function writeOn(outlet: Outlet, message: ServiceMessage): Promise<void> {
  if (outlet.isOverfull) return Promise.reject(bufferFull());
  outlet.append(message);
  return outlet.congestion ?? DONE;
}

function notRouted(connectionId: string): SignalRServerError {
  return new SignalRServerError(
    'client-result-failed',
    `The router chose no endpoint for connection '${connectionId}'.`,
  );
}
