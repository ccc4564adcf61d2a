import type { TokenRefusal } from '../auth/token-refusal.ts';
import { NETWORK_REFUSAL_TEXT } from './network-refusal.ts';

/** A request that is turned away: a status and a short text that says what to do (client-protocol 5.6). */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const Refusals = {
  notFound: { status: 404, text: 'There is nothing at this path. Clients connect to /client, app servers to /server.' },
  unreadable: { status: 400, text: 'The request cannot be read: its first line or one of its headers is malformed.' },
  unfinished: { status: 408, text: 'The request did not come in time. Send it again.' },
  uriTooLong: { status: 414, text: 'The request URI is too long. Shorten its query.' },
  headersTooLong: { status: 431, text: 'The request headers are too long. Send fewer claims or cookies.' },
  hub: {
    status: 400,
    text: 'Exactly one "hub" query parameter is needed, a name that starts with a letter.',
  },
  stopping: { status: 503, text: 'The service is shutting down. Try again later.' },
  network: { status: 403, text: NETWORK_REFUSAL_TEXT },
  // control-plane 8.1, 8.2
  connectionLimit: {
    status: 429,
    text: 'Connection count reaches limit. Add units to the resource, or close connections.',
  },
  messageLimit: { status: 429, text: 'Message count reaches limit. It is counted anew from 00:00 UTC on.' },
  tooManyNegotiated: { status: 503, text: 'Too many connections are negotiated but not opened. Try again later.' },
  noAppServers: {
    status: 403,
    text: 'Server connection is not allowed in Serverless mode. Start the service with --service-mode Default.',
  },
  origin: { status: 403, text: 'The origin of this page may not connect. Add it to the allowed origins.' },
  // The texts below are what ASP.NET Core answers (client-protocol 2.2).
  connectionIdRequired: { status: 400, text: 'Connection ID required' },
  noConnection: { status: 404, text: 'No Connection with that ID' },
  alreadyConnected: { status: 409, text: '' },
  webSockets: { status: 404, text: 'WebSockets transport not supported by this end point type' },
  serverSentEvents: { status: 404, text: 'ServerSentEvents transport not supported by this end point type' },
  longPolling: { status: 404, text: 'LongPolling transport not supported by this end point type' },
  otherTransport: { status: 400, text: 'Cannot change transports mid-connection' },
  methodNotAllowed: { status: 405, text: '' },
  postOnWebSocket: { status: 405, text: 'POST requests are not allowed for WebSocket connections.' },
  postGone: { status: 404, text: '' },
  postAborted: { status: 400, text: '' },
  postTooLarge: { status: 413, text: 'The body of a POST is too large. Send less at once, or use WebSockets.' },
  postTooSlow: { status: 408, text: 'The body of the POST did not come in time. Send it again.' },
  postNotRead: { status: 503, text: 'The app server takes no more for now. Send it again later.' },
  postsTooMany: { status: 429, text: 'Too many POSTs wait on this connection. Send one after the other.' },
  deleteOfOtherTransport: { status: 400, text: 'Cannot terminate this connection using the DELETE endpoint.' },
  webSocketHandshake: {
    status: 400,
    text: 'The WebSocket handshake cannot be read: Sec-WebSocket-Key or Sec-WebSocket-Version is missing or wrong.',
    headers: { 'Sec-WebSocket-Version': '13' },
  },
  webSocketNeeded: {
    status: 426,
    text: 'App servers connect here over a WebSocket.',
    headers: { Upgrade: 'websocket' },
  },
} as const satisfies Record<string, Refusal>;

export function tokenRefusal({ status, challenge, text }: TokenRefusal): Refusal {
  return challenge === undefined ? { status, text } : { status, text, headers: { 'WWW-Authenticate': challenge } };
}
