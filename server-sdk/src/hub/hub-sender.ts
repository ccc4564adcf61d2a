// Everything that hub code sends: to clients, to groups, about groups (service-protocol 8, 9).
import type { Payload, ServiceMessage } from '@signalite/protocol/service';
import type { ClientProtocol, HubProtocols } from '../client-connection/hub-protocols.ts';
import { SignalRServerError } from '../errors.ts';
import type { Acks } from '../server-connection/acks.ts';
import type { MessageTracing } from '../server-connection/message-tracing.ts';
import type { Outlet, Outlets } from '../server-connection/outlet.ts';
import type { ClientResults } from './client-results.ts';
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
  readonly tracing: MessageTracing;
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
      const message = messageFor(target, this.#payloads(target, call));
      return this.#write(this.#parts.tracing.mark(message), route);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Asks one client for a result. */
  invoke(connectionId: string, call: ResultCall, route: Outlet | undefined): Promise<unknown> {
    const client = this.#parts.findClient(connectionId);
    return this.#onOutlet(client?.outlet ?? route, (outlet) => this.#invokeOn(outlet, connectionId, call));
  }

  /** Resolves when the service has done it; a client that is not there is no error. */
  changeGroup(change: GroupChange, route: Outlet | undefined): Promise<void> {
    return this.#onOutlet(route, (outlet) => this.#changeGroupOn(outlet, change));
  }

  async #invokeOn(outlet: Outlet, connectionId: string, { method, args, signal }: ResultCall): Promise<unknown> {
    const { findClient, results, tracing } = this.#parts;
    const { invocationId, result } = results.expect(connectionId, outlet, signal);
    try {
      const message = { type: 1, invocationId, target: method, arguments: args } as const;
      const payloads = this.#encode(findClient(connectionId)?.protocol, message);
      const callerServerId = results.serverName;
      outlet.append(tracing.mark({ type: 34, invocationId, connectionId, callerServerId, payloads }));
    } catch (error) {
      results.abandon(invocationId, error);
    }
    return result;
  }

  async #changeGroupOn(outlet: Outlet, { change, connectionId, group }: GroupChange): Promise<void> {
    const { acks, tracing } = this.#parts;
    const { ackId, confirmed } = acks.expect(outlet);
    outlet.append(tracing.mark({ type: change === 'join' ? 18 : 19, connectionId, group, ackId }));
    await confirmed;
  }

  #payloads(target: SendTarget, { method, args }: ClientCall): readonly Payload[] {
    const message = { type: 1, target: method, arguments: args } as const;
    const [connectionId] = target.to === 'connections' && target.connectionIds.length === 1 ? target.connectionIds : [];
    const client = connectionId === undefined ? undefined : this.#parts.findClient(connectionId);
    client?.noteSend();
    return this.#encode(client?.protocol, message);
  }

  #encode(only: ClientProtocol | undefined, message: Parameters<HubProtocols['encodeForAll']>[0]): readonly Payload[] {
    if (only === undefined) return this.#parts.protocols.encodeForAll(message);
    return [{ protocol: only.name, data: only.protocol.encode(message) }];
  }

  #write(message: ServiceMessage, route: Outlet | undefined): Promise<void> {
    const outlet = this.#parts.outlets.pick(route);
    if (outlet === undefined) return this.#writeLater(message);
    if (outlet.isOverfull) return Promise.reject(bufferFull());
    outlet.append(message);
    return outlet.congestion ?? DONE;
  }

  async #writeLater(message: ServiceMessage): Promise<void> {
    const outlet = await this.#parts.outlets.untilOpen();
    await this.#write(message, outlet);
  }

  /** Runs `operation` at once when an outlet is open: what is not awaited keeps its place among the sends. */
  async #onOutlet<T>(route: Outlet | undefined, operation: (outlet: Outlet) => Promise<T>): Promise<T> {
    const outlet = this.#parts.outlets.pick(route) ?? (await this.#parts.outlets.untilOpen());
    if (outlet.isOverfull) throw bufferFull();
    return operation(outlet);
  }
}

function bufferFull(): SignalRServerError {
  const text = 'The service does not take messages fast enough. Await sends, or raise maximumSendBufferBytes.';
  return new SignalRServerError('send-buffer-full', text);
}
