import type { InvocationMessage, StreamInvocationMessage } from '@signalite/protocol';
import { type CallOwner, HubCall } from './hub-call.ts';
import type { HubMethod } from './hub-method.ts';
import type { UploadStream } from './upload-stream.ts';

/** The client whose invocations run. */
export interface InvocationOwner extends CallOwner {
  /** A plain invocation no longer keeps others waiting. */
  slotFreed(): void;
}

/** One invocation of a hub method by a client. Nothing is allocated before it is asked for. */
export class InvocationCall extends HubCall {
  override readonly owner: InvocationOwner;
  readonly message: InvocationMessage | StreamInvocationMessage;
  readonly method: HubMethod;
  /** Streams from the client that this call reads, by id, in the order of the invocation. */
  uploads: Map<string, UploadStream> | undefined;
  /** Ends the stream of results, once there is one. */
  onCancel: (() => void) | undefined;
  /** True while other plain invocations of the client wait for this one. */
  holdsSlot = false;
  #isCancelled = false;
  #abort: AbortController | undefined;

  constructor(owner: InvocationOwner, message: InvocationMessage | StreamInvocationMessage, method: HubMethod) {
    super(owner);
    this.owner = owner;
    this.message = message;
    this.method = method;
  }

  /** Undefined when the client wants no answer. */
  get invocationId(): string | undefined {
    return this.message.invocationId === '' ? undefined : this.message.invocationId;
  }

  /** Plain invocations of a client run in order; what streams does not wait for them (client-protocol 6.6). */
  get isPlain(): boolean {
    return this.message.type === 1 && this.message.streamIds === undefined;
  }

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  override get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#isCancelled) this.#abort.abort();
    return this.#abort.signal;
  }

  /** The client asked for the end of this call, or is gone. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#abort?.abort();
    this.onCancel?.();
  }

  /** The answer of a client may stand behind invocations that would wait for this one (client-protocol 6.6). */
  override beforeInvoke(): void {
    this.freeSlot();
  }

  freeSlot(): void {
    if (!this.holdsSlot) return;
    this.holdsSlot = false;
    this.owner.slotFreed();
  }
}
