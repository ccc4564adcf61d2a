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

const CANCELED = 'The client canceled the stream.';
const nothing = () => {};

interface PendingCall {
  readonly item: (item: unknown) => void;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly over: AbortController;
}

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
    for (const { reject, over } of this.#pending.values()) {
      reject(connectionClosed(error));
      over.abort();
    }
  }

  receive(message: StreamItemMessage | CompletionMessage): void {
    const call = this.#pending.get(message.invocationId);
    if (message.type === HubMessageType.StreamItem) call?.item(message.item);
    else if (message.error === undefined) call?.resolve(message.result);
    else call?.reject(new HubInvocationError(message.error));
  }

  /** Without a type no answer is wanted: the call is done when it was sent, and its uploads go on. */
  start({ method: target, args, signal, item = nothing }: CallRequest, type?: AnsweredType): Call {
    let cancel: Call['cancel'] = nothing;
    const over = new AbortController();
    const finish = () => over.abort();
    const done = new Promise<unknown>((resolve, reject) => {
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
      const invocationId = type ? this.#newId() : '';
      const key = invocationId || over;
      cancel = (reason) => {
        if (over.signal.aborted) return;
        finish();
        reject(reason);
        if (invocationId) link.post({ type: HubMessageType.CancelInvocation, invocationId });
        for (const id of uploads.keys()) {
          link.post({ type: HubMessageType.Completion, invocationId: id, error: CANCELED });
        }
      };
      this.#pending.set(key, { item, resolve, reject, over });
      over.signal.addEventListener('abort', () => this.#pending.delete(key));
      signal?.addEventListener('abort', () => cancel(signal.reason), { signal: over.signal });
      const call = { target, arguments: values, ...(uploads.size > 0 && { streamIds: [...uploads.keys()] }) };
      link
        .send(type ? { type, invocationId, ...call } : { type: HubMessageType.Invocation, ...call })
        .then(() => {
          if (!type) resolve(undefined);
          return Promise.all(
            Array.from(uploads, async ([id, source]) => {
              await upload(link, id, source, over.signal);
              uploads.delete(id);
            }),
          );
        })
        .then(type ? nothing : finish, (error) => {
          finish();
          reject(error);
        });
    });
    if (type) done.then(finish, finish);
    return { done, cancel };
  }

  #newId(): string {
    return String(this.#nextId++);
  }
}
