import WebSocket from 'ws';
import { ARRIVAL_MS, Arrivals } from '../arrivals.ts';
import { Violation } from '../violation.ts';

const OPEN_MS = 10_000;

/** How a WebSocket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

export interface SocketMessage {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** The HTTP answer that a WebSocket request got instead of an upgrade. */
export class UpgradeRefused extends Error {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;

  constructor({ status, headers, text }: Pick<UpgradeRefused, 'status' | 'headers' | 'text'>) {
    super(`The upgrade was refused with ${status}: ${text}`);
    this.status = status;
    this.headers = headers;
    this.text = text;
  }
}

/** An open WebSocket with what came on it. */
export class Socket {
  readonly messages = new Arrivals<SocketMessage>();
  readonly pongs = new Arrivals<string>();
  readonly ended: Promise<SocketEnd>;
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on('message', (data: Buffer, isBinary: boolean) => this.messages.push({ data, isBinary }));
    webSocket.on('pong', (data: Buffer) => this.pongs.push(data.toString()));
    webSocket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      webSocket.once('close', (code: number, reason: Buffer) => {
        this.messages.end(`closed with ${code}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** How it ended. Throws a Violation when it does not within `withinMs`. */
  async endWithin(withinMs: number = ARRIVAL_MS): Promise<SocketEnd> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const missed = () => reject(new Violation('the end of the WebSocket', `none within ${withinMs} ms`));
      timer = setTimeout(missed, withinMs);
    });
    return Promise.race([this.ended, late]).finally(() => clearTimeout(timer));
  }

  send(data: string | Uint8Array): void {
    this.#webSocket.send(data);
  }

  /** One message in several WebSocket frames. */
  sendFragments(pieces: readonly string[]): void {
    for (const [index, piece] of pieces.entries()) this.#webSocket.send(piece, { fin: index === pieces.length - 1 });
  }

  ping(data = ''): void {
    this.#webSocket.ping(data);
  }

  close(code = 1000): void {
    this.#webSocket.close(code);
  }

  /** Ends the socket without a close frame, as a lost network does. */
  drop(): void {
    this.#webSocket.terminate();
  }
}

/** Opens a WebSocket. Rejects with `UpgradeRefused` when the answer is another. */
export function openSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Socket> {
  const webSocket = new WebSocket(url.replace(/^http/, 'ws'), {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: OPEN_MS,
  });
  const socket = new Socket(webSocket);
  return new Promise((resolve, reject) => {
    webSocket.once('open', () => resolve(socket));
    webSocket.once('error', reject);
    webSocket.once('unexpected-response', (_request, answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.once('end', () => {
        reject(
          new UpgradeRefused({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(pieces).toString(),
          }),
        );
        webSocket.terminate();
      });
    });
  });
}
