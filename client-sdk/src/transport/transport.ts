import type { ConnectionListener } from '../connection/connection.ts';
import type { HttpClient } from '../connection/http-client.ts';
import { SignalRClientError } from '../errors.ts';

/** What every transport starts from. */
export interface TransportStart {
  /** Of the connection, with `id` if there is one. */
  readonly url: string;
  readonly http: HttpClient;
  /** The hub protocol is binary; else bytes are UTF-8. */
  readonly isBinary: boolean;
  readonly listener: ConnectionListener;
  /** Aborts the start; a transport that has started does not listen any more. */
  readonly signal: AbortSignal;
}

/** A started transport. The meaning of the members is that of `Connection`. */
export interface Transport {
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when the server has accepted the transport for this connection. */
export type StartTransport = (start: TransportStart) => Promise<Transport>;

/**
 * The whole life of a transport: calls `opened` when the server has accepted it, resolves when the server ends it in
 * order, rejects when it breaks off. After `life` has aborted it ends soon.
 */
export type RunTransport = (life: AbortSignal, opened: (send: Transport['send']) => void) => Promise<void>;

/** How long the end of a transport waits for the server. */
export const CLOSE_TIMEOUT_MS = 2_000;

/** What is the same for all transports: the start has a deadline; `closed` comes once, and never after `close`. */
export function runTransport({ http, listener, signal }: TransportStart, run: RunTransport): Promise<Transport> {
  return http.inTime(
    signal,
    (controller) =>
      new Promise((resolve) => {
        const closed = new SignalRClientError('connection-closed', 'The connection is closed.');
        let tell = (_error: Error | undefined) => {};
        const end = (error: Error | undefined) => {
          // While it starts, this rejects the start too.
          controller.abort(error ?? closed);
          tell(error);
        };
        const running = run(controller.signal, (send) => {
          tell = (error) => listener.closed(error);
          resolve({
            async send(bytes) {
              controller.signal.throwIfAborted();
              await send(bytes);
            },
            async close() {
              tell = () => {};
              controller.abort(closed);
              await running;
            },
          });
        }).then(() => end(undefined), end);
      }),
  );
}
