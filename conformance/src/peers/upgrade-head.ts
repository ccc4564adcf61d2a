import { randomBytes } from 'node:crypto';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

const ANSWER_MS = 10_000;
const KEY_BYTES = 16;

/** How a request for a WebSocket is answered, before any frame. */
export interface UpgradeHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Asks for a WebSocket that offers compression, and hangs up when it is answered. */
export function upgradeHead(url: string, headers: Readonly<Record<string, string>>): Promise<UpgradeHead> {
  const request = url.startsWith('https:') ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent: false,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(KEY_BYTES).toString('base64'),
        'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
        ...headers,
      },
    });
    outgoing.on('error', reject);
    outgoing.once('upgrade', (answer, socket) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      socket.destroy();
    });
    outgoing.once('response', (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
      answer.destroy();
    });
    outgoing.end();
  });
}
