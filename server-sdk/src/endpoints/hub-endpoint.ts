// One hub on one endpoint: its server connections, and what is known of the other side (service-protocol 1.6).
import {
  type DecodedServiceMessage,
  ServerConnectionType,
  type ServiceMessageOf,
  type ShutdownPing,
} from '@signalite/protocol/service';
import { type HubEndpointName, messageFailed, serverConnectionEnded, serverDisconnected } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { Outlet } from '../server-connection/outlet.ts';
import type { ServerConnection } from '../server-connection/server-connection.ts';
import { ServerConnections } from '../server-connection/server-connections.ts';
import { EndpointQuestions, type Question } from './endpoint-questions.ts';
import { EndpointStatus } from './endpoint-status.ts';
import { KeyExchange } from './key-exchange.ts';
import { openServerConnection, type ServerIdentity } from './open-server-connection.ts';
import type { ServiceEndpoint } from './service-endpoint.ts';

/** Who the server connections work for. */
export interface HubEndpointOwner {
  /** A message of the service, in order. */
  received(connection: ServerConnection, message: DecodedServiceMessage): void;
  /** A server connection that was open is no more. */
  closed(connection: ServerConnection): void;
  /** Clients for the ping. */
  counts(connection: ServerConnection): { readonly clientsInHub: number; readonly clients: number };
}

export interface HubEndpointOptions {
  /** Application and hub, in lower case. */
  readonly hub: string;
  readonly endpoint: ServiceEndpoint;
  /** Weak server connections get no clients. */
  readonly connectionType: ServerConnectionType;
  readonly identity: ServerIdentity;
  readonly serverConnectionCount: number;
  /** Those included that the service asks for. */
  readonly maximumServerConnectionCount: number;
  readonly maximumSendBufferBytes: number;
  readonly now: () => number;
  readonly log: Logger;
}

/** Keeps the server connections of one hub to one endpoint. */
export class HubEndpoint {
  readonly status: EndpointStatus;
  readonly #options: HubEndpointOptions;
  readonly #owner: HubEndpointOwner;
  readonly #connections: ServerConnections;
  readonly #keys: KeyExchange | undefined;
  readonly #questions: EndpointQuestions;

  constructor(options: HubEndpointOptions, owner: HubEndpointOwner) {
    const { endpoint, hub, log, maximumServerConnectionCount, now, serverConnectionCount } = options;
    const { name, tokens, type } = endpoint;
    this.#options = options;
    this.#owner = owner;
    this.#keys = tokens.issuedKeys && new KeyExchange(tokens.issuedKeys, log, now);
    this.#questions = new EndpointQuestions(now);
    this.#connections = new ServerConnections({
      hub,
      endpoint: name,
      count: serverConnectionCount,
      maximumCount: maximumServerConnectionCount,
      now,
      log,
      open: (target, signal) => this.#open(target, signal),
    });
    this.status = new EndpointStatus({ name, type, now, isOnline: () => this.#connections.isConnected });
  }

  get endpoint(): ServiceEndpoint {
    return this.#options.endpoint;
  }

  get name(): string {
    return this.endpoint.name;
  }

  /** For log lines. */
  get place(): HubEndpointName {
    return { hub: this.#options.hub, endpoint: this.name };
  }

  /** `preferred` while it leads here and is open, else the one that everybody without a preference uses. */
  pick(preferred: Outlet | undefined): Outlet | undefined {
    return this.#connections.pick(preferred);
  }

  /** Waits shortly for a server connection. Rejects with `not-connected`. */
  async untilOpen(): Promise<void> {
    await this.#connections.untilOpen();
  }

  /** Opens the server connections. Resolves with the first; rejects when the service refuses, or none opens in time. */
  start(timeoutMs: number): Promise<void> {
    return this.#connections.start(timeoutMs);
  }

  /** Resolves when the first attempt to open one has come to its end, well or not. */
  untilTried(): Promise<void> {
    return this.#connections.untilTried();
  }

  /** The service wants one more, to the named instance; never for weak ones. */
  openOnDemand(target: string): void {
    if (!this.#isWeak) this.#connections.openOnDemand(target);
  }

  /** The service answered a request for a key. */
  keyAnswered(message: ServiceMessageOf<29>, connection: ServerConnection): void {
    this.#keys?.answered(message, connection);
  }

  /** Once a second. */
  sweep(): void {
    this.#connections.sweep();
    this.#keys?.sweep(this.#connections.all);
    this.#questions.sweep(this.#connections.pick(undefined));
  }

  /** Asks the service over and over, from now until `stopAsking`. */
  ask(question: Question): void {
    this.#questions.ask(question);
  }

  stopAsking(question: Question): void {
    this.#questions.stop(question);
  }

  get isStopped(): boolean {
    return this.#connections.isStopped;
  }

  /** Opens no more; those that are open stay. */
  stop(): void {
    this.#connections.stop();
  }

  /** Tells the service that this app server leaves; those that had no clients leave without a word. */
  async announceShutdown(step: ShutdownPing): Promise<void> {
    if (!this.#isWeak) await this.#connections.announceShutdown(step);
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  get #isWeak(): boolean {
    return this.#options.connectionType === ServerConnectionType.Weak;
  }

  async #open(target: string | undefined, signal: AbortSignal): Promise<ServerConnection> {
    const { connectionType, endpoint, hub, identity, log, maximumSendBufferBytes, now } = this.#options;
    const host = {
      now,
      maximumSendBufferBytes,
      received: (connection: ServerConnection, message: DecodedServiceMessage) =>
        this.#owner.received(connection, message),
      faulted: (connection: ServerConnection, error: unknown) => messageFailed(log, connection.name, error),
      closed: (connection: ServerConnection, reason: string) => this.#closed(connection, reason),
      counts: (connection: ServerConnection) => this.#owner.counts(connection),
    };
    const type = target === undefined ? connectionType : ServerConnectionType.OnDemand;
    const connection = await openServerConnection({ hub, endpoint, identity, type, target, host }, signal);
    this.#keys?.sweep([connection]);
    return connection;
  }

  #closed(connection: ServerConnection, reason: string): void {
    const { log } = this.#options;
    if (this.#connections.isStopped) serverConnectionEnded(log, connection.name, reason);
    else serverDisconnected(log, connection.name, reason);
    this.#connections.remove(connection);
    this.#owner.closed(connection);
  }
}
