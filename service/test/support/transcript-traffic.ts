// What the service sends, as the outcomes of a transcript: the same for a recording and for a replay.

import { BinaryFrameReader } from '@signalite/protocol';
import { type ConnectionDataMessage, decodeServiceMessage } from '@signalite/protocol/service';
import { HubStream } from './transcript-hub-stream.ts';
import type { FrameKind, Outcome } from './transcript-line.ts';
import { instanceIdOf, isTold, writeMessage } from './transcript-message.ts';
import type { TranscriptNames } from './transcript-names.ts';
import { writePayload } from './transcript-payload.ts';

const JSON_PING = Buffer.from('{"type":6}\x1e');
const MESSAGE_PACK_PING = Buffer.of(2, 0x91, 6);
const JSON_PROTOCOL = 'json';

/** Hub pings come when time has passed: no transcript tells of them. */
export function isHubPing(message: Uint8Array): boolean {
  return JSON_PING.equals(message) || MESSAGE_PACK_PING.equals(message);
}

/** From the service to one server connection. */
export class ServerTraffic {
  readonly #who: string;
  readonly #names: TranscriptNames;
  readonly #reader = new BinaryFrameReader();
  readonly #clients = new Map<string, HubStream>();

  constructor(who: string, names: TranscriptNames) {
    this.#who = who;
    this.#names = names;
  }

  push(chunk: Uint8Array): Outcome[] {
    this.#reader.push(chunk);
    const outcomes: Outcome[] = [];
    for (let body = this.#reader.next(); body !== undefined; body = this.#reader.next()) {
      outcomes.push(...this.#read(body));
    }
    return outcomes;
  }

  #read(body: Uint8Array): Outcome[] {
    const message = decodeServiceMessage(body);
    if (message.type === 6) return this.#readData(message, body.length);
    if (!isTold(message)) return [];
    const outcomes: Outcome[] = [];
    if (message.type === 4) {
      const isText = message.protocol === JSON_PROTOCOL;
      this.#clients.set(message.connectionId, new HubStream(() => isText));
      this.#names.learn(instanceIdOf(message) ?? '', 'instance');
    }
    if (message.type === 5) {
      const rest = this.#clients.get(message.connectionId)?.takeRest();
      if (rest !== undefined && rest.length > 0) outcomes.push(this.#data(message.connectionId, rest, 0));
    }
    const told = writeMessage(message, this.#names);
    outcomes.push({ gets: 'message', who: this.#who, message: told, size: body.length });
    return outcomes;
  }

  #readData({ connectionId, payload }: ConnectionDataMessage, bodyBytes: number): Outcome[] {
    const overhead = bodyBytes - payload.length - binaryHeaderBytes(payload.length);
    const stream = this.#clients.get(connectionId);
    const messages = stream?.push(payload) ?? [Buffer.from(payload)];
    return messages
      .filter((message) => !isHubPing(message))
      .map((message) => this.#data(connectionId, message, overhead));
  }

  #data(connectionId: string, bytes: Buffer, overhead: number): Outcome {
    const payload = writePayload(this.#names.hideBytes(bytes));
    return { gets: 'data', who: this.#who, client: this.#names.nameOf(connectionId), payload, overhead };
  }
}

/** From the service to one client. */
export class ClientTraffic {
  readonly #who: string;
  readonly #names: TranscriptNames;
  readonly #stream = new HubStream(() => this.#isText);
  #isText = true;
  #hasSaid = false;

  constructor(who: string, names: TranscriptNames) {
    this.#who = who;
    this.#names = names;
  }

  /** The client's first bytes name its hub protocol. */
  said(bytes: Buffer): void {
    if (!this.#hasSaid) this.#isText = bytes.includes(`"${JSON_PROTOCOL}"`);
    this.#hasSaid = true;
  }

  /** One WebSocket message. A hub message that does not end in it shows as a part. */
  push(data: Buffer, kind: FrameKind): Outcome[] {
    const messages = this.#stream.push(data);
    const rest = this.#stream.takeRest();
    if (rest.length > 0) messages.push(rest);
    return messages
      .filter((message) => !isHubPing(message))
      .map((message) => ({
        gets: 'hub-message',
        who: this.#who,
        kind,
        payload: writePayload(this.#names.hideBytes(message)),
      }));
  }
}

/** MessagePack: bin 8, bin 16, bin 32. */
function binaryHeaderBytes(length: number): number {
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
}
