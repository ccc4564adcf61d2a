import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CorsHeaders } from './cors.ts';
import type { Refusal } from './refusal.ts';

/** Writes a refusal as an HTTP answer on a socket that no HTTP server looks after any more, and ends the socket. */
export function writeRefusal(socket: Duplex, { status, text, headers }: Refusal, cors: CorsHeaders = {}): void {
  const all: Record<string, string> = {
    Connection: 'close',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': `${Buffer.byteLength(text)}`,
    ...headers,
    ...cors,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', ignoreGonePeer);
  // A peer that leaves its own side open must not keep the socket.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`);
}

function ignoreGonePeer(): void {
  // There is nobody left to tell.
}
