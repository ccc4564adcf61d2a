import { type CompletionMessage, type HubMessage, HubMessageType, type StreamItemMessage } from '@signalite/protocol';
import { HubInvocationError, SignalRClientError } from '../errors.ts';
import type { UploadStream } from './hub-contract.ts';
import { connectionClosed, type HubLink } from './hub-link.ts';
import { StreamItems } from './stream-items.ts';
import { isUpload, upload } from './upload.ts';

// What the app asks of the hub, from the question to the answer (client-protocol 3.3, 3.9).

/** One call of a hub method. */
export interface CallRequest {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
}

interface Receiver {
  item(item: unknown): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  abort(reason: unknown): void;
}

interface PendingCall {
  readonly receiver: Receiver;
  finish(): void;
}

type CallKind = 'invoke' | 'send' | 'stream';

/** The calls that wait for answers or upload streams, over one link after the other. */
export class Calls {
  readonly #maxStreamItems: number;
  /** By invocation id; calls without one, which still upload, by their receiver. */
  readonly #pending = new Map<unknown, PendingCall>();
  #link: HubLink | undefined;
  #nextId = 0;

  constructor(maxStreamItems: number) {
    this.#maxStreamItems = maxStreamItems;
  }

  /** What calls are made over; undefined while there is no connection. */
  get link(): HubLink | undefined {
    return this.#link;
  }

  attach(link: HubLink): void {
    this.#link = link;
  }

  /** No call outlives the link it was made over. */
  detach(error: unknown): void {
    this.#link = undefined;
    for (const { receiver, finish } of [...this.#pending.values()]) {
      finish();
      receiver.reject(connectionClosed(error));
    }
  }

  receive(message: StreamItemMessage | CompletionMessage): void {
    const call = this.#pending.get(message.invocationId);
    if (!call) return;
    if (message.type === HubMessageType.StreamItem) {
      call.receiver.item(message.item);
      return;
    }
    call.finish();
    if (message.error === undefined) call.receiver.resolve(message.result);
    else call.receiver.reject(new HubInvocationError(message.error));
  }

  invoke(request: CallRequest): Promise<unknown> {
    return this.#promise('invoke', request);
  }

  /** Resolves when the transport has taken the call. */
  async send(request: CallRequest): Promise<void> {
    await this.#promise('send', request);
  }

  stream(request: CallRequest): StreamItems {
    const items = new StreamItems(this.#maxStreamItems);
    items.cancel = this.#start('stream', request, items);
    return items;
  }

  #promise(kind: CallKind, request: CallRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#start(kind, request, { item: () => undefined, resolve, reject, abort: reject });
    });
  }

  /** Gives back what takes the call back, as far as it is not done. */
  #start(kind: CallKind, { method, args, signal }: CallRequest, receiver: Receiver): () => void {
    const link = this.#link;
    const nothing = () => undefined;
    if (signal?.aborted) {
      receiver.abort(signal.reason);
      return nothing;
    }
    if (!link) {
      receiver.reject(new SignalRClientError('invalid-state', 'The hub is not connected; await start() first.'));
      return nothing;
    }
    const { values, uploads } = this.#splitArguments(args);
    const id = kind === 'send' ? undefined : this.#newId();
    const over = new AbortController();
    const finish = () => {
      this.#pending.delete(id ?? receiver);
      signal?.removeEventListener('abort', abort);
      over.abort();
    };
    const cancel = () => {
      if (over.signal.aborted) return;
      finish();
      tellCanceled(link, id, uploads.keys());
    };
    const abort = () => {
      cancel();
      receiver.abort(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    this.#pending.set(id ?? receiver, { receiver, finish });
    const run = async () => {
      await link.send(invocation(kind, method, values, { id, streamIds: [...uploads.keys()] }));
      if (id === undefined) receiver.resolve(undefined);
      await Promise.all(
        Array.from(uploads, async ([streamId, source]) => {
          await upload(link, streamId, source, over.signal);
          uploads.delete(streamId);
        }),
      );
      if (id === undefined) finish();
    };
    run().catch((error) => {
      finish();
      receiver.reject(error);
    });
    return cancel;
  }

  /** Streams take their ids out of the same counter, before the call that they belong to. */
  #splitArguments(args: readonly unknown[]): { values: unknown[]; uploads: Map<string, UploadStream<unknown>> } {
    const values: unknown[] = [];
    const uploads = new Map<string, UploadStream<unknown>>();
    for (const argument of args) {
      if (isUpload(argument)) uploads.set(this.#newId(), argument);
      else values.push(argument);
    }
    return { values, uploads };
  }

  #newId(): string {
    return String(this.#nextId++);
  }
}

function invocation(
  kind: CallKind,
  target: string,
  values: unknown[],
  { id, streamIds }: { id: string | undefined; streamIds: string[] },
): HubMessage {
  const call = { target, arguments: values, ...(streamIds.length > 0 && { streamIds }) };
  if (id === undefined) return { type: HubMessageType.Invocation, ...call };
  const type = kind === 'stream' ? HubMessageType.StreamInvocation : HubMessageType.Invocation;
  return { type, invocationId: id, ...call };
}

function tellCanceled(link: HubLink, id: string | undefined, streamIds: Iterable<string>): void {
  const messages: HubMessage[] = Array.from(streamIds, (streamId) => ({
    type: HubMessageType.Completion,
    invocationId: streamId,
    error: 'The client canceled the stream.',
  }));
  if (id !== undefined) messages.unshift({ type: HubMessageType.CancelInvocation, invocationId: id });
  // If the connection is lost, everything is canceled anyway.
  for (const message of messages) link.send(message).catch(() => undefined);
}
