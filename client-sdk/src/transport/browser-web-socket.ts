import { CLIENT_VERSION } from '../connection/client-version.ts';
import { withQuery } from '../connection/with-query.ts';
import type { OpenWebSocket, WebSocketListener } from './open-web-socket.ts';
import { CLOSE_TIMEOUT_MS, type TransportStart } from './transport.ts';

// `#web-socket` in browsers and web workers. A page cannot set headers of a WebSocket, so the token goes into the query,
// and none of its own may be named User-Agent.

export const USER_AGENT_HEADER: Readonly<Record<string, string>> = {
  'X-SignalR-User-Agent': `@signalite/client/${CLIENT_VERSION} (Browser)`,
};

const BUFFERED_MAX_BYTES = 1024 * 1024;
const BUFFER_CHECK_MS = 20;

export function openWebSocket(
  { url, isBinary }: Pick<TransportStart, 'url' | 'isBinary'>,
  token: string | undefined,
  listener: WebSocketListener,
): OpenWebSocket {
  const socketUrl = url.replace('http', 'ws');
  const socket = new WebSocket(token ? withQuery(socketUrl, 'access_token', token) : socketUrl);
  socket.binaryType = 'arraybuffer';
  socket.onopen = listener.opened;
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
    listener.received(typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data));
  socket.onclose = listener.closed;
  return {
    async send(bytes) {
      socket.send(isBinary ? bytes.slice() : new TextDecoder().decode(bytes));
      // No event tells when the buffer has emptied. One that is not open any more never does.
      while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > BUFFERED_MAX_BYTES) {
        await new Promise((resolve) => setTimeout(resolve, BUFFER_CHECK_MS));
      }
    },
    close() {
      socket.close();
      // On a dead network browsers wait long for the other end.
      setTimeout(listener.closed, CLOSE_TIMEOUT_MS, { code: 1006, reason: '' });
    },
  };
}
