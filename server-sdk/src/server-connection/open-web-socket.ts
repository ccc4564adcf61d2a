// The HTTP upgrade of a server connection (service-protocol 3).
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ConnectError } from './connect-error.ts';

const UPGRADE_TIMEOUT_MS = 15_000;
const MESSAGE_MAX_BYTES = 128 * 1024 * 1024;
const REFUSAL_MAX_CHARACTERS = 500;
/** Answers to a request that will not get better: wrong hub, wrong key, wrong address. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** Where to connect. */
export interface WebSocketTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Resolves with an open WebSocket. Rejects with a `ConnectError` that has the service's own words, also when `signal`
 * ends the attempt.
 */
export async function openWebSocket({ url, headers }: WebSocketTarget, signal: AbortSignal): Promise<WebSocket> {
  const webSocket = new WebSocket(url, {
    headers,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX_BYTES,
    handshakeTimeout: UPGRADE_TIMEOUT_MS,
  });
  const giveUp = () => webSocket.terminate();
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    await untilOpen(webSocket);
    return webSocket;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function untilOpen(webSocket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    webSocket.once('open', () => resolve());
    webSocket.once('unexpected-response', (_request, response) => {
      void refusalText(response).then((text) => {
        const status = response.statusCode ?? 0;
        reject(new ConnectError(`The service answered ${status}: ${text}`, FINAL_STATUSES.has(status)));
        webSocket.terminate();
      });
    });
    // Kept for the life of the socket: `close` follows every later error and says all that matters.
    webSocket.on('error', (error) => reject(new ConnectError(describe(error), false, { cause: error })));
  });
}

async function refusalText(response: IncomingMessage): Promise<string> {
  let text = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length >= REFUSAL_MAX_CHARACTERS) break;
    }
  } catch {
    // What came is enough.
  }
  return text.trim() === '' ? (response.statusMessage ?? '') : text.trim().slice(0, REFUSAL_MAX_CHARACTERS);
}

/** A refused connection to a name with several addresses comes without a text of its own. */
function describe(error: Error): string {
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
