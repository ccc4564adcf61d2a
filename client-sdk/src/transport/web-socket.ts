import { openWebSocket } from '#web-socket';
import { settled } from '../connection/deadline.ts';
import { SignalRClientError } from '../errors.ts';
import { CLOSE_TIMEOUT_MS, type Transport, type TransportStart } from './transport.ts';

// Client-protocol 2.3.

const NORMAL_CLOSURE = 1000;

export function startWebSocket({ url, http, isBinary, listener, signal }: TransportStart): Promise<Transport> {
  return http.inTime(signal, async (deadline) => {
    const token = await http.token.read(true);
    deadline.throwIfAborted();
    return new Promise((resolve, reject) => {
      let state: 'opening' | 'open' | 'closed' = 'opening';
      let end = () => {};
      const ended = new Promise<void>((resolveEnded) => {
        end = resolveEnded;
      });
      const request = { url: url.replace(/^http/, 'ws'), headers: http.headers, token, isBinary };
      const socket = openWebSocket(request, {
        opened() {
          state = 'open';
          resolve(transport);
        },
        received(bytes) {
          if (state === 'open') listener.received(bytes);
        },
        closed(code, reason, cause) {
          const before = state;
          state = 'closed';
          end();
          if (before === 'opening') reject(closedWith(code, reason, cause));
          else if (before === 'open')
            listener.closed(code === NORMAL_CLOSURE ? undefined : closedWith(code, reason, cause));
        },
      });
      const transport: Transport = {
        async send(bytes) {
          try {
            await socket.send(bytes);
          } catch (cause) {
            throw new SignalRClientError('connection-closed', 'The WebSocket is closed.', { cause });
          }
        },
        close() {
          state = 'closed';
          socket.close();
          return settled(ended, CLOSE_TIMEOUT_MS);
        },
      };
      deadline.addEventListener('abort', () => socket.close());
    });
  });
}

function closedWith(status: number, reason: string, cause: unknown): SignalRClientError {
  const text = `The WebSocket was closed with code ${status}${reason && ` (${reason})`}.`;
  return new SignalRClientError('transport-closed', text, { status, cause });
}
