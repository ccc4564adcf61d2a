import { ProtocolError } from '@signalite/protocol';
import { type DecodedServiceMessage, ServiceMessageReader } from '@signalite/protocol/service';

// Messages handed over before the answers to them are let out.
const BURST_MAX = 64;

/** Whom a pump serves. */
export interface PumpOwner {
  /** False: nothing is handed over until `resume()`. */
  readonly takesMessages: boolean;
  handle(message: DecodedServiceMessage): void;
  /** What came is no service message. Nothing follows. */
  refuse(error: ProtocolError): void;
}

/**
 * Hands the service messages of one app server to its owner, one by one, in order, while the owner takes them. Answers
 * come out of promises, so the pump rests after a burst until they are out: a short question may have a long answer,
 * and what waits for an app server that does not read must stay within its bound.
 */
export class MessagePump {
  readonly #owner: PumpOwner;
  readonly #reader: ServiceMessageReader;
  #burstLeft = BURST_MAX;

  constructor(owner: PumpOwner, maxMessageBytes: number) {
    this.#owner = owner;
    this.#reader = new ServiceMessageReader({ maxMessageBytes });
  }

  /** Takes bytes of the app server. They must not change while messages read from them are in use. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
    this.resume();
  }

  /** Goes on with what waits. */
  resume(): void {
    try {
      while (this.#burstLeft > 0 && this.#owner.takesMessages) {
        const message = this.#reader.next();
        if (message === undefined) return;
        this.#burstLeft -= 1;
        this.#owner.handle(message);
        // Behind the answers of this burst.
        if (this.#burstLeft === 0) queueMicrotask(this.#nextBurst);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#owner.refuse(error);
    }
  }

  readonly #nextBurst = (): void => {
    this.#burstLeft = BURST_MAX;
    this.resume();
  };
}
