import { SignalRClientError } from '../errors.ts';

interface Reader {
  readonly resolve: (result: IteratorResult<unknown, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

type End = { readonly error: unknown } | 'done';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The items of one stream of the hub, kept until they are read. */
export class StreamItems implements AsyncIterableIterator<unknown, undefined, undefined> {
  readonly #maxItems: number;
  /** Ends the stream at the server; set by who asks for it. */
  cancel: () => void = () => undefined;
  // Two halves, so that taking the oldest costs the same however many wait.
  #newest: unknown[] = [];
  #oldest: unknown[] = [];
  #readers: Reader[] = [];
  #end: End | undefined;

  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  item(item: unknown): void {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: item });
    else if (this.#newest.push(item) + this.#oldest.length > this.#maxItems) {
      this.cancel();
      this.#finish({
        error: new SignalRClientError('stream-overflow', 'Read the stream faster, or allow more items.'),
      });
    }
  }

  resolve(): void {
    this.#finish('done');
  }

  /** Items that are here already are read before the error; after `abort` they are not. */
  reject(error: unknown): void {
    this.#finish({ error });
  }

  abort(reason: unknown): void {
    this.#newest = this.#oldest = [];
    this.#finish({ error: reason });
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#oldest.length) {
      this.#oldest = this.#newest.reverse();
      this.#newest = [];
    }
    if (this.#oldest.length) return Promise.resolve({ done: false, value: this.#oldest.pop() });
    const end = this.#end;
    if (!end) return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    this.#end = 'done';
    return end === 'done' ? Promise.resolve(DONE) : Promise.reject(end.error);
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.cancel();
    this.#newest = this.#oldest = [];
    this.#finish('done');
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(end: End): void {
    this.#end ??= end;
    for (const reader of this.#readers.splice(0)) void this.next().then(reader.resolve, reader.reject);
  }
}
