import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { ServiceAddress } from './service-address.ts';

const DEADLINE_MS = 5000;

export interface HttpRequestOptions {
  readonly method?: string;
  /** The request line's target, as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the exchange, whatever it came to. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
}

/** One HTTP exchange on its own connection. Status 101 counts as an answer: the socket is dropped then. */
export async function httpRequest(service: ServiceAddress, options: HttpRequestOptions): Promise<HttpAnswer> {
  const { method = 'GET', path, headers = {}, body, signal } = options;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: service.port,
      method,
      path,
      headers,
      agent: false,
      timeout: DEADLINE_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.on('response', resolve);
    outgoing.on('upgrade', (upgraded, socket) => {
      socket.destroy();
      resolve(upgraded);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 100)}`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const bytes = response.statusCode === 101 ? Buffer.alloc(0) : await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString(), bytes };
}

/** Asks for a WebSocket and gives what was answered. */
export function upgradeRequest(
  service: ServiceAddress,
  { headers, ...options }: HttpRequestOptions,
): Promise<HttpAnswer> {
  return httpRequest(service, { ...options, headers: { ...WEB_SOCKET_HEADERS, ...headers } });
}

/** What makes a request a WebSocket's. */
export const WEB_SOCKET_HEADERS: Readonly<Record<string, string>> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};
