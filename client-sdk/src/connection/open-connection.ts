import { type AvailableTransport, type HubProtocol, TransferFormat, type TransportName } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { startLongPolling } from '../transport/long-polling.ts';
import { startServerSentEvents } from '../transport/server-sent-events.ts';
import type { StartTransport, Transport, TransportStart } from '../transport/transport.ts';
import { startWebSocket } from '../transport/web-socket.ts';
import { createAccessToken } from './access-token.ts';
import type { Connection, OpenConnection } from './connection.ts';
import type { OpenConnectionOptions } from './connection-options.ts';
import { createHttpClient } from './http-client.ts';
import { type Negotiated, negotiate } from './negotiate.ts';
import { withQuery } from './with-query.ts';

// Which transport, and when (client-protocol 1.3, 1.5, 4.2).

const START_TRANSPORT: Readonly<Record<TransportName, StartTransport>> = {
  WebSockets: startWebSocket,
  ServerSentEvents: startServerSentEvents,
  LongPolling: startLongPolling,
};

/**
 * Prepares connections to the hub at `url`; in a browser the URL may be relative to the page.
 *
 * Throws `invalid-options`. The function it gives rejects with `negotiate-failed`, `too-many-redirects`,
 * `transport-failed` (its `cause` is an `AggregateError` with the reason of each transport), or the reason of its signal.
 */
export function createOpenConnection(url: string, options: OpenConnectionOptions): OpenConnection {
  const { transports, skipNegotiation } = options;
  if (skipNegotiation && transports?.includes('WebSockets') === false) {
    throw new SignalRClientError('invalid-options', "'skipNegotiation' needs WebSockets among the 'transports'.");
  }
  const absoluteUrl = resolve(url);
  return async (hubProtocol, listener, signal) => {
    const http = createHttpClient(options, createAccessToken(options.accessToken ?? options.accessTokenFactory));
    const isBinary = hubProtocol.transferFormat === TransferFormat.Binary;
    const start = { url: absoluteUrl, http, isBinary, listener, signal };
    return skipNegotiation ? openWithoutNegotiation(start) : open(start, hubProtocol, options);
  };
}

async function openWithoutNegotiation(start: TransportStart): Promise<Connection> {
  try {
    return createConnection(start, await startWebSocket(start), {
      connectionId: undefined,
      transport: 'WebSockets',
      isStateful: false,
    });
  } catch (error) {
    start.signal.throwIfAborted();
    throw transportFailed([error]);
  }
}

async function open(
  start: TransportStart,
  hubProtocol: HubProtocol,
  { transports, useStatefulReconnect = false }: OpenConnectionOptions,
): Promise<Connection> {
  const { http, signal } = start;
  let negotiated: Negotiated | undefined = await negotiate(http, start.url, useStatefulReconnect, signal);
  const { availableTransports, url } = negotiated;
  const reasons: unknown[] = [];
  for (const name of transports ?? availableTransports.map(({ transport }) => transport)) {
    const obstacle = obstacleTo(name, availableTransports, hubProtocol);
    if (!isKnown(name) || obstacle !== undefined) {
      reasons.push(new SignalRClientError('transport-failed', `${name} ${obstacle}.`));
      continue;
    }
    try {
      negotiated ??= await negotiate(http, url, useStatefulReconnect, signal);
      return await connect(start, name, negotiated, useStatefulReconnect);
    } catch (error) {
      signal.throwIfAborted();
      reasons.push(error);
      if (negotiated === undefined) break;
      // It belongs to the transport that failed: the next one needs its own.
      negotiated = undefined;
    }
  }
  throw transportFailed(reasons);
}

async function connect(
  start: TransportStart,
  transport: TransportName,
  negotiated: Negotiated,
  useStatefulReconnect: boolean,
): Promise<Connection> {
  const url = withQuery(negotiated.url, `id=${encodeURIComponent(negotiated.connectionToken)}`);
  const withId = { ...start, url };
  return createConnection(withId, await START_TRANSPORT[transport](withId), {
    connectionId: negotiated.connectionId,
    transport,
    isStateful: useStatefulReconnect && negotiated.useStatefulReconnect === true && transport === 'WebSockets',
  });
}

type ConnectionFacts = Pick<Connection, 'connectionId' | 'transport' | 'isStateful'>;

function createConnection(start: TransportStart, transport: Transport, facts: ConnectionFacts): Connection {
  let current = transport;
  let isClosed = false;
  return {
    ...facts,
    keepsItselfAlive: facts.transport === 'LongPolling',
    send: (bytes) => current.send(bytes),
    async reopen(signal) {
      void current.close();
      current = await startWebSocket({ ...start, signal });
      if (isClosed) void current.close();
    },
    close() {
      isClosed = true;
      return current.close();
    },
  };
}

function isKnown(name: string): name is TransportName {
  return Object.hasOwn(START_TRANSPORT, name);
}

function obstacleTo(
  name: string,
  available: readonly AvailableTransport[],
  { name: protocol, transferFormat }: HubProtocol,
): string | undefined {
  if (!isKnown(name)) return 'is not known to this client';
  const offered = available.find(({ transport }) => transport === name);
  if (offered === undefined) return 'is not offered by the server';
  return offered.transferFormats.includes(transferFormat) ? undefined : `cannot carry ${protocol}`;
}

function transportFailed(reasons: readonly unknown[]): SignalRClientError {
  const cause = new AggregateError(reasons);
  return new SignalRClientError('transport-failed', `No transport could be started. ${reasons.join(' ')}`, { cause });
}

function resolve(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch (cause) {
    throw new SignalRClientError('invalid-options', `The hub URL cannot be used: give an absolute one.`, { cause });
  }
}
