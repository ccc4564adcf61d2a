import { type HubMessage, HubMessageType, type HubProtocol } from '@signalite/protocol';
import type { ServiceLimits } from '../config/limits.ts';
import { type CloseReason, CloseReasons } from '../lifetime/close-reasons.ts';
import { decodeHubMessage, framedProtocol } from '../outbound/framed-protocol.ts';
import { type HubFrame, hubFrameAt, hubMessageType } from '../outbound/hub-frame.ts';
import { HubFrameStream } from '../outbound/hub-frame-stream.ts';
import { createRecord, isTextProtocol, type OutboundRecord, RecordKind } from '../outbound/outbound-record.ts';
import { ReplayBuffer } from '../outbound/replay-buffer.ts';

/** What bytes of the client came to. */
export interface StatefulReading {
  /** Whole hub messages for the app server, as they came; valid until the next call. */
  readonly forward: readonly Buffer[];
  /** The client broke the rules, and this is how its connection ends. */
  readonly end?: CloseReason;
}

type StatefulLimits = Pick<ServiceLimits, 'replayBytes' | 'clientQueueBytes' | 'clientMessageBytes'>;

/**
 * Sequence numbers and acknowledgements towards one client that may come back on a new socket. The app server sees one
 * uninterrupted stream without them (client-protocol 4.3, 4.4).
 */
export class StatefulStream {
  readonly replay: ReplayBuffer;
  readonly #isText: boolean;
  readonly #maxMessageBytes: number;
  readonly #frames: HubFrameStream;
  /** Sequence id that the next numbered message of the client has. */
  #nextId = 1;
  #processedId = 0;
  #acknowledgedId = 0;
  #acknowledgedAt = 0;
  /** A client that came back says first where it goes on. */
  #awaitsSequence = false;
  #isFinished = false;

  constructor(hubProtocol: string, limits: StatefulLimits) {
    this.#isText = isTextProtocol(hubProtocol);
    this.#frames = new HubFrameStream(this.#isText);
    this.#maxMessageBytes = limits.clientMessageBytes;
    this.replay = new ReplayBuffer({ bytes: limits.replayBytes, returnedBytes: limits.clientQueueBytes });
  }

  /** The client said goodbye: it does not come back. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Reads what the client sent. Duplicates and messages between the two of us are taken out. */
  read(bytes: Buffer): StatefulReading {
    const forward: Buffer[] = [];
    for (const { all, frame, whole } of this.#frames.read(bytes)) {
      const type = hubMessageType(all, frame, this.#isText);
      const end = isControl(type) ? this.#control(whole) : undefined;
      if (end !== undefined) return { forward, end };
      if (this.#takes(type)) forward.push(whole);
    }
    if (this.#frames.pendingBytes > this.#maxMessageBytes) return { forward, end: CloseReasons.clientMessageTooLarge };
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

  /** A ping in the client's name: hubs end clients that are silent (client-protocol 3.7). */
  ping(): Uint8Array {
    return this.#protocol.encode({ type: 6 });
  }

  /** The client is back on a new socket: what it gets first. */
  resume(): OutboundRecord[] {
    this.#frames.reset();
    this.#awaitsSequence = true;
    return [this.#record({ type: 9, sequenceId: this.replay.sequenceId }), ...this.replay.resend()];
  }

  /** The acknowledgement that is due, at most one in `everyMs`. */
  acknowledgement(now: number, everyMs: number): OutboundRecord | undefined {
    if (this.#processedId === this.#acknowledgedId || now - this.#acknowledgedAt < everyMs) return undefined;
    this.#acknowledgedId = this.#processedId;
    this.#acknowledgedAt = now;
    return this.#record({ type: 8, sequenceId: this.#processedId });
  }

  get #protocol(): HubProtocol {
    return framedProtocol(this.#isText);
  }

  /** True for a message that goes to the app server; false for a control message, or one to drop. */
  #takes(type: number | undefined): boolean {
    if (isControl(type) || this.#awaitsSequence) return false;
    if (type === HubMessageType.Close) this.#isFinished = true;
    if (!isNumbered(type)) return true;
    const id = this.#nextId;
    this.#nextId += 1;
    if (id <= this.#processedId) return false;
    this.#processedId = id;
    return true;
  }

  /** Handles a message between the two of us; a reason when the client cannot go on after it. */
  #control(frame: Buffer): CloseReason | undefined {
    const message = decodeHubMessage(this.#protocol, frame);
    if (message?.type === HubMessageType.Ack) this.replay.release(message.sequenceId);
    else if (message?.type !== HubMessageType.Sequence) return CloseReasons.hubMessageMalformed;
    else if (message.sequenceId > this.#processedId + 1) return CloseReasons.sequenceUnknown;
    else {
      this.#nextId = message.sequenceId;
      // It keeps everything from there on: an acknowledgement got lost, or is due.
      this.#acknowledgedId = message.sequenceId - 1;
      this.#awaitsSequence = false;
    }
    return undefined;
  }

  #record(message: HubMessage): OutboundRecord {
    return createRecord(this.#protocol.encode(message), this.#isText, RecordKind.Control);
  }
}

/** Undefined: not for the client. */
function kindOf(type: number | undefined): RecordKind | undefined {
  if (isNumbered(type)) return RecordKind.Messages;
  if (type === HubMessageType.Close) return RecordKind.Close;
  return isControl(type) ? undefined : RecordKind.Control;
}

function isControl(type: number | undefined): boolean {
  return type === HubMessageType.Ack || type === HubMessageType.Sequence;
}

/** Types 1 to 5 have sequence ids. */
function isNumbered(type: number | undefined): boolean {
  return type !== undefined && type >= HubMessageType.Invocation && type <= HubMessageType.CancelInvocation;
}
