import { TransferFormat, type TransportName } from '@signalite/protocol';
import { SignalRClientError } from '../errors.ts';
import { startLongPolling } from '../transport/long-polling.ts';
import { startServerSentEvents } from '../transport/server-sent-events.ts';
import type { StartTransport, TransportStart } from '../transport/transport.ts';
import { startWebSocket } from '../transport/web-socket.ts';
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
 * Prepares connections to the hub at `url`; in a browser the URL may be relative to the page. Throws `invalid-options`.
 *
 * The function it gives rejects with `negotiate-failed`, `too-many-redirects`, `transport-failed` (its `cause` is an
 * `AggregateError` with the reason of each transport that was tried), or the reason of its signal.
 */
export function createOpenConnection(url: string, options: OpenConnectionOptions): OpenConnection {
  const { transports, skipNegotiation, useStatefulReconnect = false } = options;
  const hubUrl = resolve(url);
  return async ({ name: protocol, transferFormat }, listener, signal) => {
    const http = createHttpClient(options);
    const start = { url: hubUrl, http, isBinary: transferFormat === TransferFormat.Binary, listener, signal };
    let negotiated: Negotiated | undefined = skipNegotiation
      ? { url: hubUrl, availableTransports: [{ transport: 'WebSockets', transferFormats: [transferFormat] }] }
      : await negotiate(http, hubUrl, useStatefulReconnect, signal);
    const { url: finalUrl, availableTransports } = negotiated;
    const offered = availableTransports.filter((one) => one.transferFormats.includes(transferFormat));
    const names = offered.map(({ transport }) => transport).filter(isKnown);
    const reasons: unknown[] = [];
    for (const name of transports?.filter((one) => names.includes(one)) ?? names) {
      try {
        // What was negotiated before belongs to the transport that failed.
        negotiated ??= await negotiate(http, finalUrl, useStatefulReconnect, signal);
        return await connect(start, name, negotiated, useStatefulReconnect);
      } catch (error) {
        signal.throwIfAborted();
        reasons.push(error);
        if (negotiated === undefined) break;
        negotiated = undefined;
      }
    }
    throw new SignalRClientError(
      'transport-failed',
      `No transport could be started for ${protocol}; the server offers ${names}. ${reasons.join(' ')}`,
      { cause: new AggregateError(reasons) },
    );
  };
}

async function connect(
  start: TransportStart,
  transport: TransportName,
  { url, connectionId, connectionToken, ...negotiated }: Negotiated,
  useStatefulReconnect: boolean,
): Promise<Connection> {
  const withId = connectionToken ? { ...start, url: withQuery(url, 'id', connectionToken) } : start;
  let current = await START_TRANSPORT[transport](withId);
  return {
    connectionId,
    transport,
    isStateful: useStatefulReconnect && transport === 'WebSockets' && negotiated.useStatefulReconnect === true,
    keepsItselfAlive: transport === 'LongPolling',
    send: (bytes) => current.send(bytes),
    async reopen(signal) {
      current = await startWebSocket({ ...withId, signal });
    },
    close: () => current.close(),
  };
}

function isKnown(name: string): name is TransportName {
  return Object.hasOwn(START_TRANSPORT, name);
}

function resolve(url: string): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch (cause) {
    throw new SignalRClientError('invalid-options', 'The URL of the hub must be absolute.', { cause });
  }
}
