import { WebSocket } from 'ws';
import { CLIENT_VERSION } from '../connection/client-version.ts';
import { headersWith } from '../connection/headers-with.ts';
import { SignalRClientError } from '../errors.ts';
import type { OpenWebSocket, WebSocketListener } from './open-web-socket.ts';
import { CLOSE_TIMEOUT_MS, type TransportStart } from './transport.ts';

// `#web-socket` in Node. Node's own WebSocket cannot set headers.

export const USER_AGENT_HEADER: Readonly<Record<string, string>> = {
  'User-Agent': `@signalite/client/${CLIENT_VERSION} (Node.js ${process.version}; ${process.platform}; ${process.arch})`,
};

export function openWebSocket(
  { url, isBinary, http }: TransportStart,
  token: string | undefined,
  listener: WebSocketListener,
): OpenWebSocket {
  const options = {
    headers: Object.fromEntries(headersWith(token, http.headers)),
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  const socket = new WebSocket(url.replace('http', 'ws'), options);
  let cause: unknown;
  socket.on('open', () => listener.opened());
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) listener.received(data);
  });
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('close', (code, reason) => listener.closed({ code, reason: reason.toString(), cause }));
  return {
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, { binary: isBinary }, (error) => {
          if (error) reject(new SignalRClientError('connection-closed', 'The WebSocket is closed.', { cause: error }));
          else resolve();
        });
      }),
    close: () => socket.close(),
  };
}
