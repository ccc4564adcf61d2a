import { type HubMessage, HubMessageType, jsonHubProtocol, ProtocolError } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
import { type HubFrame, hubFrameAt, hubMessageType } from '../outbound/hub-frame.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import { ReplayBuffer } from '../outbound/replay-buffer.ts';

/** What bytes of the client came to. */
export interface StatefulReading {
  /** Whole hub messages for the app server, as they came. */
  readonly forward: readonly Buffer[];
  /** The client broke the rules, and this is how its connection ends. */
  readonly end?: CloseReason;
}

const CONTROL_TYPES: ReadonlySet<number> = new Set([HubMessageType.Ack, HubMessageType.Sequence]);

/**
 * Sequence numbers and acknowledgements towards one client that may come back on a new socket. The app server sees one
 * uninterrupted stream without them (client-protocol 4.3, 4.4).
 */
export class StatefulStream {
  readonly replay: ReplayBuffer;
  readonly #isText: boolean;
  readonly #maxMessageBytes: number;
  #tail: Buffer | undefined;
  /** Sequence id that the next numbered message of the client has. */
  #nextId = 1;
  #processedId = 0;
  #acknowledgedId = 0;
  #acknowledgedAt = 0;
  /** A client that came back says first where it goes on. */
  #awaitsSequence = false;
  #isFinished = false;

  constructor(hubProtocol: string, limits: { readonly replayBytes: number; readonly clientMessageBytes: number }) {
    this.#isText = isTextProtocol(hubProtocol);
    this.#maxMessageBytes = limits.clientMessageBytes;
    this.replay = new ReplayBuffer(limits.replayBytes);
  }

  /** The client said goodbye: it does not come back. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Reads what the client sent. Duplicates and messages between the two of us are taken out. */
  read(bytes: Buffer): StatefulReading {
    const all = this.#tail === undefined ? bytes : Buffer.concat([this.#tail, bytes]);
    const forward: Buffer[] = [];
    let at = 0;
    while (at < all.length) {
      const frame = hubFrameAt(all, at, this.#isText);
      if (frame === undefined) break;
      if (this.#takes(hubMessageType(all, frame, this.#isText))) forward.push(all.subarray(at, frame.end));
      else if (!this.#control(all.subarray(at, frame.end))) return { forward, end: CloseReasons.sequenceUnknown };
      at = frame.end;
    }
    if (all.length - at > this.#maxMessageBytes) return { forward, end: CloseReasons.clientMessageTooLarge };
    // Kept longer than the call, which is as long as `bytes` is valid.
    this.#tail = at < all.length ? Buffer.from(all.subarray(at)) : undefined;
    return { forward };
  }

  /** Cuts what the app server sent into records. Acks and sequences of its own are not for this client. */
  recordsOf(messages: Uint8Array): OutboundRecord[] {
    const all = Buffer.from(messages.buffer, messages.byteOffset, messages.byteLength);
    const records: OutboundRecord[] = [];
    for (let at = 0; at < all.length; ) {
      const frame: HubFrame | undefined = hubFrameAt(all, at, this.#isText);
      if (frame === undefined) break;
      const kind = kindOf(hubMessageType(all, frame, this.#isText));
      if (kind !== undefined) records.push(createRecord(all.subarray(at, frame.end), this.#isText, kind));
      at = frame.end;
    }
    return records;
  }

  /** The client is back on a new socket: what it gets first. */
  resume(): OutboundRecord[] {
    this.#tail = undefined;
    this.#awaitsSequence = true;
    return [this.#record({ type: 9, sequenceId: this.replay.sequenceId }), ...this.replay.unacknowledged];
  }

  /** The acknowledgement that is due, at most one in `everyMs`. */
  acknowledgement(now: number, everyMs: number): OutboundRecord | undefined {
    if (this.#processedId === this.#acknowledgedId || now - this.#acknowledgedAt < everyMs) return undefined;
    this.#acknowledgedId = this.#processedId;
    this.#acknowledgedAt = now;
    return this.#record({ type: 8, sequenceId: this.#processedId });
  }

  /** True for a message that goes to the app server; false for a control message, or one to drop. */
  #takes(type: number | undefined): boolean {
    if (type !== undefined && CONTROL_TYPES.has(type)) return false;
    if (this.#awaitsSequence) return false;
    if (type === HubMessageType.Close) this.#isFinished = true;
    if (!isNumbered(type)) return true;
    const id = this.#nextId;
    this.#nextId += 1;
    if (id <= this.#processedId) return false;
    this.#processedId = id;
    return true;
  }

  /** Handles a message that is not taken; false when it cannot be true. */
  #control(frame: Buffer): boolean {
    const message = this.#decode(frame);
    if (message?.type === HubMessageType.Ack) this.replay.release(message.sequenceId);
    if (message?.type !== HubMessageType.Sequence) return true;
    if (message.sequenceId > this.#processedId + 1) return false;
    this.#nextId = message.sequenceId;
    this.#awaitsSequence = false;
    return true;
  }

  #decode(frame: Buffer) {
    const reader = (this.#isText ? jsonHubProtocol : messagePackHubProtocol).createReader();
    reader.push(frame);
    try {
      return reader.next();
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  #record(message: HubMessage): OutboundRecord {
    const protocol = this.#isText ? jsonHubProtocol : messagePackHubProtocol;
    return createRecord(protocol.encode(message), this.#isText, RecordKind.Control);
  }
}

/** Undefined: not for the client. */
function kindOf(type: number | undefined): RecordKind | undefined {
  if (isNumbered(type)) return RecordKind.Messages;
  if (type === HubMessageType.Close) return RecordKind.Close;
  return type !== undefined && CONTROL_TYPES.has(type) ? undefined : RecordKind.Control;
}

/** Types 1 to 5 have sequence ids. */
function isNumbered(type: number | undefined): boolean {
  return type !== undefined && type >= HubMessageType.Invocation && type <= HubMessageType.CancelInvocation;
}
