import type { Server } from 'node:http';
import type { UpgradeParts } from './upgrade.ts';

const HOP_HEADERS = new Set(['connection', 'upgrade', 'http2-settings']);

/** True when a request asks for a WebSocket, whatever else it offers. */
export function asksForWebSocket({ request }: UpgradeParts): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * Answers a request that offers another protocol as if it did not: an offer may be ignored (RFC 9110, 7.8), and some
 * HTTP clients offer `h2c` with their first request. Node has ended its parsing by now, so the request is put back in
 * front of what follows it, without the offer, and the socket is given to the server anew.
 */
export function answerWithoutUpgrade(server: Server, { request, socket, head }: UpgradeParts): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (!HOP_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[index + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
