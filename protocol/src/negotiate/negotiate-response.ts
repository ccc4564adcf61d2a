import { isJsonObject, type JsonObject, parseJsonObject } from '../hub/json-input.ts';
import { ProtocolError } from '../protocol-error.ts';

// Answers to a negotiate request (client-protocol 1.1, 1.3; service-protocol 1.5).

/** The transports of the hub world, by their names in negotiate answers. */
export const TransportName = {
  WebSockets: 'WebSockets',
  ServerSentEvents: 'ServerSentEvents',
  LongPolling: 'LongPolling',
} as const;
export type TransportName = (typeof TransportName)[keyof typeof TransportName];

/** One way to connect. A parser keeps names that it does not know. */
export interface AvailableTransport {
  /** A `TransportName`, or the name of a transport of the future. */
  readonly transport: string;
  /** `Text`, `Binary`. */
  readonly transferFormats: readonly string[];
}

/** A connection is ready: connect to it with `id=<connectionToken>`. */
export interface NegotiateConnection {
  readonly kind: 'connection';
  readonly negotiateVersion: number;
  /** The public id. */
  readonly connectionId: string;
  /** The secret id. Version 0 has one id for both. */
  readonly connectionToken: string;
  /** In the order in which they are to be tried. */
  readonly availableTransports: readonly AvailableTransport[];
  /** Only when the client asked for it. Default false. */
  readonly useStatefulReconnect?: boolean;
}

/** Negotiate again at `url`. */
export interface NegotiateRedirect {
  readonly kind: 'redirect';
  readonly url: string;
  /** Token for `url`; without one the token in use stays. */
  readonly accessToken?: string;
}

/** The server's reason why there is no connection; sent with status 200. */
export interface NegotiateError {
  readonly kind: 'error';
  readonly error: string;
}

export type NegotiateResponse = NegotiateConnection | NegotiateRedirect | NegotiateError;

/** The JSON text of an answer, property order as ASP.NET Core and the Azure SDK write it. */
export function encodeNegotiateResponse(response: NegotiateResponse): string {
  switch (response.kind) {
    case 'connection':
      return encodeConnection(response);
    case 'redirect':
      return JSON.stringify({
        negotiateVersion: 0,
        url: response.url,
        accessToken: response.accessToken,
        availableTransports: [],
      });
    case 'error':
      return JSON.stringify({ error: response.error });
    default:
      return response satisfies never;
  }
}

function encodeConnection(response: NegotiateConnection): string {
  const { negotiateVersion, connectionId, connectionToken, availableTransports, useStatefulReconnect } = response;
  return JSON.stringify({
    ...(useStatefulReconnect === true ? { useStatefulReconnect } : {}),
    negotiateVersion,
    connectionId,
    ...(negotiateVersion >= 1 ? { connectionToken } : {}),
    availableTransports: availableTransports.map(({ transport, transferFormats }) => ({ transport, transferFormats })),
  });
}

/**
 * Reads the body of a negotiate answer. Throws a `ProtocolError` (`invalid-negotiate-response`) when it is none of the
 * three kinds, or the answer of the older ASP.NET SignalR.
 */
export function parseNegotiateResponse(text: string): NegotiateResponse {
  const object = parseJsonObject(text, 'invalid-negotiate-response');
  const error = optionalText(object, 'error');
  if (error !== undefined) return { kind: 'error', error };
  if (Object.hasOwn(object, 'ProtocolVersion')) {
    throw invalid('The server speaks ASP.NET SignalR. Connect to an ASP.NET Core SignalR server.');
  }
  const url = optionalText(object, 'url');
  if (url === undefined) return readConnection(object);
  const accessToken = optionalText(object, 'accessToken');
  return { kind: 'redirect', url, ...(accessToken === undefined ? {} : { accessToken }) };
}

function readConnection(object: JsonObject): NegotiateConnection {
  const negotiateVersion = object['negotiateVersion'] ?? 0;
  if (typeof negotiateVersion !== 'number') throw invalid("'negotiateVersion' must be a number.");
  const connectionId = optionalText(object, 'connectionId');
  if (connectionId === undefined) throw invalid("Neither 'connectionId', 'url' nor 'error' is there.");
  const connectionToken = negotiateVersion < 1 ? connectionId : optionalText(object, 'connectionToken');
  if (connectionToken === undefined) throw invalid("'connectionToken' is missing.");
  return {
    kind: 'connection',
    negotiateVersion,
    connectionId,
    connectionToken,
    availableTransports: readTransports(object['availableTransports'] ?? []),
    ...(object['useStatefulReconnect'] === true ? { useStatefulReconnect: true } : {}),
  };
}

function readTransports(value: unknown): AvailableTransport[] {
  if (!Array.isArray(value)) throw invalid("'availableTransports' must be an array.");
  return value.map((item: unknown) => {
    const transport = isJsonObject(item) ? item['transport'] : undefined;
    const transferFormats = isJsonObject(item) ? item['transferFormats'] : undefined;
    if (typeof transport !== 'string' || !isTextArray(transferFormats)) {
      throw invalid("'availableTransports' must hold objects with 'transport' and 'transferFormats'.");
    }
    return { transport, transferFormats };
  });
}

function isTextArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Null and empty text count as absent: some serverless functions write every member. */
function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw invalid(`'${name}' must be a string.`);
  return value;
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('invalid-negotiate-response', `The negotiate response cannot be used. ${message}`);
}
