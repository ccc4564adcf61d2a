import { type CompletionMessage, HubMessageType, type StreamItemMessage } from '@signalite/protocol';
import { HubInvocationError, SignalRClientError } from '../errors.ts';
import type { UploadStream } from './hub-contract.ts';
import { connectionClosed, type HubLink } from './hub-link.ts';
import { isUpload, upload } from './upload.ts';

// What the app asks of the hub, from the question to the answer (client-protocol 3.3, 3.9).

/** One call of a hub method. */
export interface CallRequest {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  /** Takes the items of a stream. */
  readonly item?: (item: unknown) => void;
}

type AnsweredType = typeof HubMessageType.Invocation | typeof HubMessageType.StreamInvocation;

/** A call under way. */
export interface Call {
  readonly done: Promise<unknown>;
  /** Takes the call back, as far as it is not done: tells the hub and rejects with `reason`. */
  cancel(reason?: unknown): void;
}

interface PendingCall {
  item(item: unknown): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const nothing = () => undefined;

/** The calls that wait for answers or still upload, over one link after the other. */
export class Calls {
  /** What calls are made over; undefined while there is no connection. */
  link: HubLink | undefined;
  /** By invocation id; those without one by a key of their own. */
  readonly #pending = new Map<unknown, PendingCall>();
  #nextId = 0;

  /** No call outlives the link it was made over. */
  detach(error?: Error): void {
    this.link = undefined;
    for (const call of [...this.#pending.values()]) call.reject(connectionClosed(error));
  }

  receive(message: StreamItemMessage | CompletionMessage): void {
    const call = this.#pending.get(message.invocationId);
    if (message.type === HubMessageType.StreamItem) call?.item(message.item);
    else if (message.error === undefined) call?.resolve(message.result);
    else call?.reject(new HubInvocationError(message.error));
  }

  /** Without a type no answer is wanted: the call is done when it was sent, and its uploads go on. */
  start(request: CallRequest, type?: AnsweredType): Call {
    let cancel: Call['cancel'] = nothing;
    const done = new Promise<unknown>((resolve, reject) => {
      cancel = this.#send(request, type, resolve, reject);
    });
    return { done, cancel };
  }

  /** Throws when the call cannot be made. */
  #send(
    { method: target, args, signal, item = nothing }: CallRequest,
    type: AnsweredType | undefined,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ): Call['cancel'] {
    const { link } = this;
    signal?.throwIfAborted();
    if (!link) throw new SignalRClientError('invalid-state', 'The hub is not connected: await start() first.');
    // Streams take their ids out of the same counter, before the call that they belong to.
    const uploads = new Map<string, UploadStream<unknown>>();
    const values: unknown[] = [];
    for (const argument of args) {
      if (isUpload(argument)) uploads.set(this.#newId(), argument);
      else values.push(argument);
    }
    const id = type ? this.#newId() : undefined;
    const over = new AbortController();
    const finish = () => {
      this.#pending.delete(id ?? over);
      over.abort();
    };
    const fail = (error: unknown) => {
      finish();
      reject(error);
    };
    const cancel = (reason: unknown) => {
      if (over.signal.aborted) return;
      fail(reason);
      if (id) link.post({ type: HubMessageType.CancelInvocation, invocationId: id });
      for (const invocationId of uploads.keys()) {
        link.post({ type: HubMessageType.Completion, invocationId, error: 'The client canceled the stream.' });
      }
    };
    const succeed = (result: unknown) => {
      finish();
      resolve(result);
    };
    this.#pending.set(id ?? over, { item, resolve: succeed, reject: fail });
    signal?.addEventListener('abort', () => cancel(signal.reason), { signal: over.signal });
    const run = async () => {
      const call = { target, arguments: values, streamIds: [...uploads.keys()] };
      await link.send(type && id ? { ...call, type, invocationId: id } : { ...call, type: HubMessageType.Invocation });
      if (!id) resolve(undefined);
      await Promise.all(
        Array.from(uploads, async ([streamId, source]) => {
          await upload(link, streamId, source, over.signal);
          uploads.delete(streamId);
        }),
      );
      if (!id) finish();
    };
    run().catch(fail);
    return cancel;
  }

  #newId(): string {
    return String(this.#nextId++);
  }
}
