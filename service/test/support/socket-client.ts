import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { clientToken } from './raw-client.ts';
import type { ServiceAddress } from './service-address.ts';

const HEADERS_END = '\r\n\r\n';
const HANDSHAKE = Buffer.from('{"protocol":"json","version":1}\x1e');
const CLOSE_OPCODE = 8;

/** Takes the payload of one data frame, valid during the call. */
export type FrameListener = (payload: Buffer) => void;

/** Opens many cheap clients of one hub: they skip negotiation and share a token. */
export async function socketClients(
  service: ServiceAddress,
  hub = 'chat',
): Promise<(onFrame: FrameListener) => Promise<SocketClient>> {
  const token = await clientToken(service, { hub });
  const request = [
    `GET /client/?hub=${hub}&access_token=${token} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return async (onFrame) => {
    const socket = connect(service.port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new SocketClient(socket, onFrame);
    socket.write(request.join('\r\n') + HEADERS_END);
    await client.upgraded;
    client.send(HANDSHAKE);
    return client;
  };
}

/** A WebSocket client with as little as it takes: unfragmented frames, no ping, no validation. */
export class SocketClient {
  readonly #socket: Socket;
  readonly upgraded: Promise<void>;
  readonly #onFrame: FrameListener;
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #resolveUpgraded: () => void = () => undefined;

  constructor(socket: Socket, onFrame: FrameListener) {
    this.#socket = socket;
    this.#onFrame = onFrame;
    this.upgraded = new Promise((resolve, reject) => {
      this.#resolveUpgraded = resolve;
      socket.once('close', () => reject(new Error('the service closed the socket')));
    });
    // Whoever waits is told; afterwards nobody does.
    this.upgraded.catch(() => undefined);
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.#received(chunk));
  }

  /** Whatever is no frame. */
  sendBytes(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** One masked text frame of at most 125 bytes. The mask is zero, which changes nothing. */
  send(payload: Buffer): void {
    this.#socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    let all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#isOpen) {
      const end = all.indexOf(HEADERS_END);
      if (end >= 0) {
        if (!all.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(all.subarray(0, end).toString());
        this.#isOpen = true;
        this.#resolveUpgraded();
        all = all.subarray(end + HEADERS_END.length);
      }
    }
    this.#rest = this.#isOpen ? this.#readFrames(all) : all;
  }

  /** Gives what is no whole frame yet. */
  #readFrames(all: Buffer): Buffer {
    let at = 0;
    for (;;) {
      const length = all[at + 1];
      if (length === undefined) break;
      const headerBytes = length < 126 ? 2 : length === 126 ? 4 : 10;
      if (all.length < at + headerBytes) break;
      const bytes =
        headerBytes === 2 ? length : headerBytes === 4 ? all.readUInt16BE(at + 2) : all.readUInt32BE(at + 6);
      const start = at + headerBytes;
      if (all.length < start + bytes) break;
      if (((all[at] ?? 0) & 0x0f) !== CLOSE_OPCODE) this.#onFrame(all.subarray(start, start + bytes));
      at = start + bytes;
    }
    return all.subarray(at);
  }
}
