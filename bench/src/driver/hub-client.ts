// A hub client stripped to what a load driver needs: a bare socket, no object for a message, one read buffer for all.

import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { FrameReader, type FrameSink, Opcode } from './frame-reader.ts';
import { handshakeFrame, type Invocation, invocationFrame } from './hub-messages.ts';
import type { HubProtocolName } from './load.ts';
import { createMessageCounter, type MessageCounter } from './message-counter.ts';
import { readStamps } from './stamp-reader.ts';

const RECORD_SEPARATOR = 0x1e;
const CONNECT_MS = 30_000;
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const NOTHING = Buffer.alloc(0);

/** The driver keeps nothing of what it reads, so all clients read into one buffer. */
const readBuffer = Buffer.allocUnsafe(256 * 1024);

export interface HubClientOptions {
  readonly url: URL;
  readonly hubProtocol: HubProtocolName;
  /** Where it connects from; undefined: what the system takes. */
  readonly localAddress: string | undefined;
  /** `count` hub messages came in, pings aside. */
  readonly onMessages: (count: number) => void;
  /** The connection ended while nobody asked it to. */
  readonly onLost: () => void;
}

type Phase = 'upgrading' | 'handshaking' | 'open' | 'closed';

export class HubClient implements FrameSink {
  /** Told of each time stamp that comes in, in milliseconds; left out, none are looked for. */
  onStamp: ((ms: number) => void) | undefined;
  readonly #options: HubClientOptions;
  readonly #socket: net.Socket;
  readonly #frames = new FrameReader(this);
  readonly #counter: MessageCounter;
  #phase: Phase = 'upgrading';
  #opcode = 0;
  /** The answer to the upgrade request while it is not complete. */
  #upgrade = NOTHING;
  #onText: ((text: string) => void) | undefined;
  #settle: ((error?: Error) => void) | undefined;

  private constructor(options: HubClientOptions) {
    this.#options = options;
    this.#counter = createMessageCounter(options.hubProtocol);
    const { hostname, port } = options.url;
    this.#socket = net.connect({
      host: hostname,
      port: Number(port === '' ? 80 : port),
      noDelay: true,
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      onread: { buffer: readBuffer, callback: (bytes) => this.#read(readBuffer.subarray(0, bytes)) },
    });
    this.#socket.on('error', (error) => this.#ended(error));
    this.#socket.on('close', () => this.#ended(new Error('The connection ended before it was open.')));
    this.#socket.write(upgradeRequest(options.url));
  }

  /** Connects and shakes hands. */
  static open(options: HubClientOptions): Promise<HubClient> {
    return new Promise((resolve, reject) => {
      const client = new HubClient(options);
      const timer = setTimeout(
        () => client.#socket.destroy(new Error('The connection did not open in time.')),
        CONNECT_MS,
      );
      client.#settle = (error) => {
        clearTimeout(timer);
        if (error === undefined) resolve(client);
        else reject(error);
      };
    });
  }

  /** Writes a ready frame. */
  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  /** Calls a hub method and gives its result. JSON only. */
  async invoke(invocation: Omit<Invocation, 'invocationId'>): Promise<unknown> {
    const invocationId = 'i';
    const answer = new Promise<unknown>((resolve) => {
      let text = '';
      this.#onText = (piece) => {
        text += piece;
        const found = text.split('\x1e').find((one) => one.includes('"type":3'));
        if (found === undefined) return;
        this.#onText = undefined;
        resolve(resultOf(found));
      };
    });
    this.write(invocationFrame(this.#options.hubProtocol, { ...invocation, invocationId }));
    return await answer;
  }

  close(): void {
    this.#phase = 'closed';
    this.#socket.destroy();
  }

  frameBegan(opcode: number, payloadBytes: number): void {
    this.#opcode = opcode;
    if (opcode === Opcode.Ping) this.write(PONG);
    this.#counter.frameBegan(payloadBytes);
  }

  framePiece(chunk: Buffer, start: number, end: number): void {
    if (this.#opcode >= Opcode.Close) return;
    const from = this.#phase === 'handshaking' ? this.#handshake(chunk, start, end) : start;
    if (from >= end) return;
    this.#onText?.(chunk.toString('utf8', from, end));
    if (this.onStamp !== undefined) readStamps(chunk, [from, end], this.onStamp);
    const count = this.#counter.count(chunk, from, end);
    if (count > 0) this.#options.onMessages(count);
  }

  #read(chunk: Buffer): boolean {
    if (this.#phase === 'upgrading') this.#readUpgrade(chunk);
    else if (this.#phase !== 'closed') this.#frames.push(chunk);
    return true;
  }

  #readUpgrade(chunk: Buffer): void {
    this.#upgrade = Buffer.concat([this.#upgrade, chunk]);
    const end = this.#upgrade.indexOf('\r\n\r\n');
    if (end < 0) return;
    const answer = this.#upgrade;
    this.#upgrade = NOTHING;
    if (!answer.toString('latin1', 0, 12).endsWith('101')) {
      this.#socket.destroy(new Error(`The upgrade was refused: ${answer.toString('latin1', 0, 200)}`));
      return;
    }
    this.#phase = 'handshaking';
    this.write(handshakeFrame(this.#options.hubProtocol));
    this.#frames.push(answer.subarray(end + 4));
  }

  /** Gives where the first hub message starts. */
  #handshake(chunk: Buffer, start: number, end: number): number {
    const separator = chunk.indexOf(RECORD_SEPARATOR, start);
    if (separator < 0 || separator >= end) return end;
    if (chunk.toString('latin1', start, separator).includes('error')) {
      this.#socket.destroy(new Error(`The handshake was refused: ${chunk.toString('latin1', start, separator)}`));
      return end;
    }
    this.#phase = 'open';
    this.#settle?.();
    return separator + 1;
  }

  #ended(error: Error): void {
    const phase = this.#phase;
    this.#phase = 'closed';
    if (phase === 'open') this.#options.onLost();
    else if (phase !== 'closed') this.#settle?.(error);
  }
}

function upgradeRequest({ pathname, search, host }: URL): string {
  return [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');
}

function resultOf(completion: string): unknown {
  const { error, result }: { readonly error?: string; readonly result?: unknown } = JSON.parse(completion);
  if (error !== undefined) throw new Error(`A hub method failed: ${error}`);
  return result;
}
