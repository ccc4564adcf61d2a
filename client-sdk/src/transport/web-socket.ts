import { openWebSocket } from '#web-socket';
import { SignalRClientError } from '../errors.ts';
import { runTransport, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.3.

const NORMAL_CLOSURE = 1000;

export function startWebSocket(start: TransportStart): Promise<Transport> {
  const { url, http, isBinary, listener } = start;
  return runTransport(start, async (life, opened) => {
    const token = await http.token.read(true);
    life.throwIfAborted();
    return new Promise((resolve, reject) => {
      const request = { url: url.replace(/^http/, 'ws'), headers: http.headers, token, isBinary };
      const socket = openWebSocket(request, {
        opened: () => opened(socket.send),
        received(bytes) {
          if (!life.aborted) listener.received(bytes);
        },
        closed({ code, reason, cause }) {
          const text = `The WebSocket was closed with code ${code} (${reason || 'no reason given'}).`;
          if (code === NORMAL_CLOSURE) resolve();
          else reject(new SignalRClientError('transport-closed', text, { status: code, cause }));
        },
      });
      life.addEventListener('abort', socket.close);
    });
  });
}
