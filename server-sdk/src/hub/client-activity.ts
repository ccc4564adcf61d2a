import type { InvocationCall } from './invocation-call.ts';
import type { UploadStream } from './upload-stream.ts';

/** What runs and waits for one client. */
export class ClientActivity {
  /** Calls that run, streams included. */
  readonly calls: InvocationCall[] = [];
  /** Plain invocations that wait for others to end. */
  waiting: InvocationCall[] = [];
  /** Running plain invocations that keep others waiting. */
  slotsTaken = 0;
  /** Set while waiting calls are started, so that a call that ends at once starts no second round. */
  isStarting = false;
  /** Streams from the client, by id. */
  uploads: Map<string, UploadStream> | undefined;

  get isIdle(): boolean {
    return this.slotsTaken === 0 && this.waiting.length === 0;
  }

  /** True while the client may not be read: it sends faster than the hub reads. */
  isBlocked(maximumWaiting: number): boolean {
    if (this.waiting.length >= maximumWaiting) return true;
    if (this.uploads === undefined) return false;
    for (const upload of this.uploads.values()) if (upload.isFull) return true;
    return false;
  }

  /** A stream of results that has this id. */
  hasStream(invocationId: string): boolean {
    return this.calls.some((call) => call.message.type === 4 && call.message.invocationId === invocationId);
  }

  remove(call: InvocationCall): void {
    const index = this.calls.indexOf(call);
    if (index >= 0) this.calls.splice(index, 1);
  }

  /** The client gave up one call. Whatever it is called with, an id that is not known changes nothing. */
  cancel(invocationId: string): void {
    const isMeant = (call: InvocationCall) => call.message.invocationId === invocationId;
    (this.calls.find(isMeant) ?? this.waiting.find(isMeant))?.cancel();
  }

  /** The client goes on elsewhere: streams cannot, everything else is answered from here still. */
  handOver(): void {
    for (const call of [...this.calls]) if (!call.isPlain) call.cancel();
    this.#endUploads();
  }

  /** The client is gone: everything that runs is told so, what waits goes unless it is to run still. */
  cancelAll(keepsWaiting: boolean): void {
    if (!keepsWaiting) this.waiting = [];
    for (const call of [...this.calls]) call.cancel();
    this.#endUploads();
  }

  #endUploads(): void {
    const uploads = this.uploads;
    this.uploads = undefined;
    for (const upload of uploads?.values() ?? []) upload.end(new Error('The underlying connection was closed.'));
  }
}
