// Events as lines of a resource log, in Azure's names (control-plane 11).

import type { CloseCategory } from '../lifetime/close-reasons.ts';
import type { ServiceEvent, ServiceEventName } from '../log/events.ts';
import type { LogCategory } from '../resource-store/resource-properties.ts';

/** What a line says besides its time and its resource. */
export interface LogEntry {
  readonly category: LogCategory;
  readonly level: 'Informational' | 'Warning' | 'Error';
  readonly operationName: string;
  readonly callerIpAddress?: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

type EventOf<N extends ServiceEventName> = Extract<ServiceEvent, { name: N }>;
type Writers = { readonly [N in ServiceEventName]?: (event: EventOf<N>) => LogEntry };

/** Why a connection was aborted, in Azure's words; ends that are expected have none. */
const ABORTS: Readonly<Partial<Record<CloseCategory, string>>> = {
  Throttled: 'Message count reaches limit',
  PingTimeout: 'Connection ping timeout',
  ServerConnectionClosed: 'Server connection dropped',
  ServerConnectionNotFound: 'Server connection dropped',
  NoAvailableServerConnection: 'Server connection dropped',
  ServiceReload: 'Service reloading, try reconnecting',
  ServiceTransientError: 'Internal server transient error',
};

function connectivity(
  operationName: string,
  message: string,
  properties: Readonly<Record<string, unknown>>,
  level: LogEntry['level'] = 'Informational',
): LogEntry {
  const collection = operationName === 'ConnectionThrottled' ? 'Throttling' : 'Connection';
  return { category: 'ConnectivityLogs', level, operationName, properties: { message, collection, ...properties } };
}

const WRITERS: Writers = {
  clientConnected: ({ hub, connectionId, userId, transport }) =>
    connectivity('ConnectionStarted', 'Connection started.', {
      connectionId,
      userId,
      transportType: transport,
      connectionType: 'Client',
      hubName: hub,
    }),
  clientClosed({ hub, connectionId, category, reason }) {
    const abort = ABORTS[category];
    const properties = { connectionId, connectionType: 'Client', hubName: hub, closeCategory: category };
    if (abort === undefined) return connectivity('ConnectionEnded', reason, properties);
    return connectivity('ConnectionAborted', `${abort}. ${reason}`, properties, 'Warning');
  },
  serverConnected: ({ hub, serverConnectionId, serverId }) =>
    connectivity('ConnectionStarted', 'Connection started.', {
      connectionId: serverConnectionId,
      userId: serverId,
      transportType: 'WebSockets',
      connectionType: 'Server',
      hubName: hub,
    }),
  serverClosed: ({ hub, serverConnectionId, reason }) =>
    connectivity('ConnectionEnded', reason, {
      connectionId: serverConnectionId,
      connectionType: 'Server',
      hubName: hub,
    }),
  connectionThrottled: ({ hub, endpoint }) =>
    connectivity(
      'ConnectionAborted',
      'Connection count reaches limit',
      { collection: 'Throttling', connectionType: endpoint, hubName: hub },
      'Warning',
    ),
  messagesSpent: ({ limit }) =>
    connectivity('ConnectionAborted', `Message count reaches limit: ${limit}`, { collection: 'Throttling' }, 'Warning'),
  networkRefused: ({ type, address, rule }) => ({
    ...connectivity('ConnectionAborted', `Refused by a network rule: ${rule}`, { requestType: type }, 'Warning'),
    callerIpAddress: address,
  }),
  requestRefused: ({ path, status, reason, hub }) => ({
    category: 'HttpRequestLogs',
    level: status >= 500 ? 'Error' : 'Warning',
    operationName: 'RequestRefused',
    properties: {
      message: reason,
      collection: status === 401 || status === 403 ? 'Authorization' : 'Message',
      url: path,
      statusCode: status,
      hubName: hub,
    },
  }),
  restAnswered: ({ method, status, milliseconds }) => ({
    category: 'HttpRequestLogs',
    level: 'Informational',
    operationName: 'RequestAnswered',
    properties: {
      message: 'A REST call was answered.',
      collection: 'Message',
      method,
      statusCode: status,
      milliseconds,
    },
  }),
  messageTraced: ({ hub, serverConnectionId, messageType, tracingId }) => ({
    category: 'MessagingLogs',
    level: 'Informational',
    operationName: 'MessageReceived',
    properties: {
      message: `Received a message ${tracingId} from server connection ${serverConnectionId}.`,
      collection: 'Message',
      connectionId: serverConnectionId,
      connectionType: 'Server',
      hubName: hub,
      messageType,
      messageTracingId: tracingId,
    },
  }),
  payloadMissing: ({ hub, hubProtocol }) => ({
    category: 'MessagingLogs',
    level: 'Warning',
    operationName: 'MessageNotDelivered',
    properties: {
      message: `A message has no payload for the hub protocol '${hubProtocol}'.`,
      collection: 'Message',
      hubName: hub,
    },
  }),
};

/** The line of an event; undefined: resource logs do not tell of it. */
export function logEntryOf(event: ServiceEvent): LogEntry | undefined {
  // The writer of a name takes events of that name.
  const writer = WRITERS[event.name] as ((event: ServiceEvent) => LogEntry) | undefined;
  return writer?.(event);
}
