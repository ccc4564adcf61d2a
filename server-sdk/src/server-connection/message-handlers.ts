// What each message of the service does (service-protocol 4-9).
import {
  type ClientCompletionMessage,
  type ConnectionDataMessage,
  type ConnectionFlowControlMessage,
  type DecodedServiceMessage,
  FlowControlOperation,
  FlowControlTarget,
  type ServiceMessage,
  type ServiceMessageOf,
} from '@signalite/protocol/service';
import type { ClientConnection } from '../client-connection/client-connection.ts';
import type { ClientConnections } from '../client-connection/client-connections.ts';
import type { HubProtocols } from '../client-connection/hub-protocols.ts';
import type { ClientResults } from '../hub/client-results.ts';
import {
  clientOverran,
  serviceErrorReceived,
  serviceEventReceived,
  serviceMessageIgnored,
  unknownClient,
} from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { Acks } from './acks.ts';
import type { Fragments } from './fragments.ts';
import { handlePing, type PingHost } from './ping-handlers.ts';
import type { ServerConnection } from './server-connection.ts';

/** What the messages of one hub act upon. */
export interface MessageHost extends PingHost {
  readonly clients: ClientConnections;
  readonly acks: Acks;
  readonly results: ClientResults;
  readonly protocols: HubProtocols;
  readonly fragments: Fragments;
  readonly maximumWaitingBytes: number;
  readonly log: Logger;
  /** The service answered a request for a key. */
  keyAnswered(message: ServiceMessageOf<29>, connection: ServerConnection): void;
}

type Handler<T extends ServiceMessage['type']> = (
  host: MessageHost,
  message: ServiceMessageOf<T>,
  connection: ServerConnection,
) => void;

/** Names the app server that a client goes on to (service-protocol 12.1). */
const MIGRATE_TO_HEADER = 'asrs-migrate-to';

/** Messages that the service sends to app servers. */
type Incoming = 2 | 3 | 4 | 5 | 6 | 15 | 20 | 22 | 29 | 34 | 35 | 36 | 37 | 38 | 39;

const HANDLERS: { readonly [T in Incoming]: Handler<T> } = {
  2: ignored,
  3: handlePing,
  4: (host, message, connection) => host.clients.open(message, connection),
  5: (host, { connectionId, type, headers }, connection) => {
    const to = headers.find(({ name }) => name.toLowerCase() === MIGRATE_TO_HEADER)?.values[0];
    withClient(host, { connectionId, type, connection }, (client) => {
      if (to === undefined) client.leave();
      else client.handOver(to);
    });
  },
  6: receiveData,
  15: (host, { message }, connection) => {
    if (message === '') return;
    serviceErrorReceived(host.log, connection.name, message);
    connection.stopSending();
  },
  20: (host, { ackId, payload, status }) => host.acks.complete(ackId, status, payload),
  22: (host, { type, ...fields }, connection) => serviceEventReceived(host.log, connection.name, fields),
  29: (host, message, connection) => host.keyAnswered(message, connection),
  34: (host, message) => host.results.route(message),
  35: receiveResult,
  36: (host, { invocationId, error }, connection) => host.results.serviceFailed(invocationId, error, connection),
  37: (host, { invocationId, instanceId }) => host.results.mapped(invocationId, instanceId),
  38: (host, { connectionId }) => host.fragments.drop(connectionId),
  39: controlFlow,
};

/** Handles one message, in order. */
export function handleMessage(host: MessageHost, message: DecodedServiceMessage, connection: ServerConnection): void {
  if (message.type === 'unknown') serviceMessageIgnored(host.log, connection.name, message.messageType);
  else if (isIncoming(message)) dispatch(message.type, message, host, connection);
  else ignored(host, message, connection);
}

function isIncoming(message: ServiceMessage): message is ServiceMessageOf<Incoming> {
  return Object.hasOwn(HANDLERS, message.type);
}

/** The correlation of type and message, which a union cannot express. */
function dispatch<T extends Incoming>(
  type: T,
  message: ServiceMessageOf<T>,
  host: MessageHost,
  connection: ServerConnection,
): void {
  const handler: Handler<T> = HANDLERS[type];
  handler(host, message, connection);
}

function ignored(host: MessageHost, message: ServiceMessage, connection: ServerConnection): void {
  serviceMessageIgnored(host.log, connection.name, message.type);
}

interface AboutClient {
  readonly connectionId: string;
  readonly type: number;
  readonly connection: ServerConnection;
}

/** The service may still speak of a client that has ended here: that is normal. */
function withClient(
  host: MessageHost,
  { connectionId, type, connection }: AboutClient,
  action: (client: ClientConnection) => void,
): void {
  const client = host.clients.find(connectionId);
  if (client !== undefined) action(client);
  else unknownClient(host.log, { hub: connection.name.hub, connectionId }, type);
}

function receiveData(host: MessageHost, message: ConnectionDataMessage, connection: ServerConnection): void {
  const { connectionId, payload, isPartial = false } = message;
  const client = host.clients.find(connectionId);
  if (client === undefined) {
    unknownClient(host.log, { hub: connection.name.hub, connectionId }, message.type);
    return;
  }
  const whole = host.fragments.add(connectionId, payload, isPartial);
  if (whole === undefined) boundFragments(host, client);
  else client.receive(whole);
}

function boundFragments(host: MessageHost, client: ClientConnection): void {
  const waiting = host.fragments.bytesOf(client.connectionId);
  if (waiting <= host.maximumWaitingBytes) return;
  host.fragments.drop(client.connectionId);
  clientOverran(host.log, client.name, waiting);
  client.failInput('A message in parts is too large.');
}

/** The answer of another app server's client. */
function receiveResult(host: MessageHost, message: ClientCompletionMessage, connection: ServerConnection): void {
  const { invocationId, protocol, payload } = message;
  const reader = host.protocols.find(protocol)?.protocol.createReader();
  reader?.push(payload);
  const completion = reader?.next();
  if (completion?.type === 3) host.results.serviceCompleted({ ...completion, invocationId });
  else ignored(host, message, connection);
}

/** The service pauses a client to move it to another of our server connections (service-protocol 10.2). */
function controlFlow(host: MessageHost, message: ConnectionFlowControlMessage, connection: ServerConnection): void {
  const { connectionId, target, operation, type } = message;
  if (target === FlowControlTarget.Server) {
    const isMeant = operation === FlowControlOperation.Offline && connectionId === connection.name.serverConnectionId;
    if (isMeant) connection.stopSending();
    else ignored(host, message, connection);
    return;
  }
  withClient(host, { connectionId, type, connection }, (client) => {
    if (operation === FlowControlOperation.Pause) client.link.pause();
    // No client goes from one endpoint to another.
    else if (operation === FlowControlOperation.Resume && client.outlet.endpoint === connection.endpoint)
      client.resume(connection);
    else ignored(host, message, connection);
  });
}
