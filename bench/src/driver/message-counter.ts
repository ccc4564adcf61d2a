// Counts hub messages in payload bytes without decoding them. Pings are not counted.

import type { HubProtocolName } from './load.ts';

const RECORD_SEPARATOR = 0x1e;
const JSON_PING_BYTES = '{"type":6}\x1e'.length;
const MESSAGEPACK_PING_BODY_BYTES = 2;

export interface MessageCounter {
  /** A frame of this size begins. */
  frameBegan(payloadBytes: number): void;
  /** How many messages end in `chunk[start, end)`. */
  count(chunk: Buffer, start: number, end: number): number;
}

export function createMessageCounter(hubProtocol: HubProtocolName): MessageCounter {
  return hubProtocol === 'json' ? new JsonMessageCounter() : new MessagePackMessageCounter();
}

class JsonMessageCounter implements MessageCounter {
  #isPing = false;

  /** A ping has a frame of its own, and no other message is as short. */
  frameBegan(payloadBytes: number): void {
    this.#isPing = payloadBytes === JSON_PING_BYTES;
  }

  count(chunk: Buffer, start: number, end: number): number {
    if (this.#isPing) return 0;
    let messages = 0;
    for (let at = chunk.indexOf(RECORD_SEPARATOR, start); at >= 0 && at < end; ) {
      messages += 1;
      at = chunk.indexOf(RECORD_SEPARATOR, at + 1);
    }
    return messages;
  }
}

/** Follows the length prefixes, whatever the frames. */
class MessagePackMessageCounter implements MessageCounter {
  #prefix = 0;
  #prefixShift = 0;
  #bodyBytes = 0;
  #bodyLeft = 0;

  frameBegan(): void {
    // Messages need not end with their frame.
  }

  count(chunk: Buffer, start: number, end: number): number {
    let messages = 0;
    let at = start;
    while (at < end) {
      if (this.#bodyLeft === 0) {
        this.#prefixByte(chunk[at] ?? 0);
        at += 1;
        continue;
      }
      const taken = Math.min(this.#bodyLeft, end - at);
      this.#bodyLeft -= taken;
      at += taken;
      if (this.#bodyLeft === 0 && this.#bodyBytes > MESSAGEPACK_PING_BODY_BYTES) messages += 1;
    }
    return messages;
  }

  #prefixByte(byte: number): void {
    this.#prefix |= (byte & 0x7f) << this.#prefixShift;
    this.#prefixShift += 7;
    if (byte > 0x7f) return;
    this.#bodyBytes = this.#prefix;
    this.#bodyLeft = this.#prefix;
    this.#prefix = 0;
    this.#prefixShift = 0;
  }
}
