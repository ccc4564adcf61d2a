import { openWebSocket } from '#web-socket';
import { SignalRClientError } from '../errors.ts';
import { runTransport, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.3.

const NORMAL_CLOSURE = 1000;

export function startWebSocket(start: TransportStart): Promise<Transport> {
  return runTransport(start, async (life, opened) => {
    const token = await start.http.token.read(true);
    life.throwIfAborted();
    return new Promise((resolve, reject) => {
      const socket = openWebSocket(start, token, {
        opened: () => opened(socket.send),
        received(bytes) {
          if (!life.aborted) start.listener.received(bytes);
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
