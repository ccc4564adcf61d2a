// Opens a server connection: token, HTTP upgrade, handshake (service-protocol 2.3, 3, 5).
import { randomUUID } from 'node:crypto';
import { audienceFor, serverUrl } from '@signalite/protocol';
import type { HandshakeRequestMessage, MigrationLevel, ServerConnectionType } from '@signalite/protocol/service';
import { openWebSocket } from '../server-connection/open-web-socket.ts';
import { ServerConnection, type ServerConnectionHost } from '../server-connection/server-connection.ts';
import { SDK_USER_AGENT } from '../user-agent.ts';
import type { ServiceEndpoint } from './service-endpoint.ts';

/** What an app server says of itself. */
export interface ServerIdentity {
  /** The same for all hubs of an app. */
  readonly serverName: string;
  readonly migrationLevel: MigrationLevel;
  readonly allowStatefulReconnects: boolean;
}

export interface ServerConnectionRequest {
  /** Application and hub, in lower case. */
  readonly hub: string;
  readonly endpoint: ServiceEndpoint;
  readonly identity: ServerIdentity;
  readonly type: ServerConnectionType;
  /** Name of the service instance that asked for the connection. */
  readonly target: string | undefined;
  readonly host: Omit<ServerConnectionHost, 'handshake'>;
}

/** Rejects with a `ConnectError` or a `SignalRServerError` (`sign-in-failed`), also when `signal` ends the attempt. */
export async function openServerConnection(
  { hub, endpoint, identity, type, target, host }: ServerConnectionRequest,
  signal: AbortSignal,
): Promise<ServerConnection> {
  const { address, name: endpointName, tokens } = endpoint;
  const serverConnectionId = randomUUID();
  const content = {
    audience: audienceFor('server', address.audienceBaseUrl, hub),
    claims: { nameid: identity.serverName },
  };
  const token = await tokens.forServer(content, signal);
  const url = serverUrl(address.serverEndpoint, hub, {
    connectionId: serverConnectionId,
    ...(target === undefined ? {} : { target }),
  });
  const headers = {
    Authorization: `Bearer ${token}`,
    'Asrs-User-Agent': SDK_USER_AGENT,
    'X-ASRS-Server-Id': identity.serverName,
  };
  const webSocket = await openWebSocket({ url, headers }, signal);
  const name = { hub, endpoint: endpointName, serverConnectionId };
  const connection = new ServerConnection(webSocket, name, { ...host, handshake: handshake(type, identity) });
  await connection.shakeHands(signal);
  return connection;
}

function handshake(
  connectionType: ServerConnectionType,
  { allowStatefulReconnects, migrationLevel }: ServerIdentity,
): HandshakeRequestMessage {
  return { type: 1, version: 1, connectionType, target: '', migrationLevel, allowStatefulReconnects };
}
