import { HubStream } from '../support/transcript-hub-stream.ts';
import { readableJson, readableMessagePack } from './readable-message.ts';

/** What a client gets from its WebSocket, as lines in the order of arrival. Pings and fences are not told. */
export class Inbound {
  readonly #isText: boolean;
  readonly #stream: HubStream;
  #lines: string[] = [];
  #isHandshaken = false;
  #arrived: () => void = () => undefined;
  #isOver = false;

  constructor(isText: boolean) {
    this.#isText = isText;
    this.#stream = new HubStream(() => isText);
  }

  /** One WebSocket message. Whole hub messages only may be in it: clients throw otherwise (service-protocol 7.3). */
  push(data: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    if (isBinary === this.#isText) this.#lines.push(`< a ${isBinary ? 'binary' : 'text'} WebSocket message`);
    for (const message of this.#stream.push(data)) {
      const readable = this.#isText || !this.#isHandshaken ? readableJson(message) : readableMessagePack(message);
      this.#isHandshaken = true;
      if (readable.kind === 'other') this.#lines.push(`< ${readable.text}`);
    }
    if (this.#stream.pendingBytes > 0) this.#lines.push('< a WebSocket message that ends inside a hub message');
    this.#arrived();
  }

  /** The client does not listen any more. */
  end(): void {
    this.#isOver = true;
  }

  closed(code: number, reason: string): void {
    this.#lines.push(`< WebSocket close ${code}${reason === '' ? '' : ` ${reason}`}`);
  }

  /** Resolves when a line that was not taken holds a text. */
  async holds(part: string): Promise<void> {
    while (!this.#lines.some((line) => line.includes(part))) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }

  /** Takes the lines so far. */
  take(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
