// Streams of results: from a hub method to the client, item by item (client-protocol 3.9, 6.8).
import { ReadableStream } from 'node:stream/web';

/** Where the items go. */
export interface ResultSink {
  item(value: unknown): void;
  /** No more items follow: in order, or because of `failure`. */
  end(failure?: { readonly error: unknown }): void;
  /** Undefined when the next item may be taken at once. */
  room(): Promise<void> | undefined;
  /** The stream failed after nobody wanted it any more. */
  cleanupFailed(error: unknown): void;
}

/** True for what is sent item by item. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** Ends a stream that nobody will read. */
export function discardStream(stream: AsyncIterable<unknown>, cleanupFailed: (error: unknown) => void): void {
  try {
    endIterator(iteratorOf(stream), cleanupFailed);
  } catch (error) {
    cleanupFailed(error);
  }
}

/** Takes items until the stream ends or is stopped. */
export class ResultStream {
  readonly #sink: ResultSink;
  #iterator: AsyncIterator<unknown> | undefined;
  #isOver = false;

  constructor(sink: ResultSink) {
    this.#sink = sink;
  }

  /** Never rejects. */
  async run(stream: AsyncIterable<unknown>): Promise<void> {
    try {
      this.#iterator = iteratorOf(stream);
      await this.#takeAll(this.#iterator);
      this.#finish();
    } catch (error) {
      if (this.#isOver) this.#sink.cleanupFailed(error);
      else this.#finish({ error });
    }
  }

  /**
   * Nobody wants more items. The client is answered at once; the stream ends when what it waits for now is over, and
   * its `finally` blocks run.
   */
  stop(): void {
    if (this.#isOver) return;
    this.#finish();
    if (this.#iterator !== undefined) endIterator(this.#iterator, (error) => this.#sink.cleanupFailed(error));
  }

  async #takeAll(iterator: AsyncIterator<unknown>): Promise<void> {
    while (!this.#isOver) {
      const step = await iterator.next();
      if (this.#isOver || step.done === true) return;
      this.#give(iterator, step.value);
      const room = this.#sink.room();
      if (room !== undefined) await room;
    }
  }

  #give(iterator: AsyncIterator<unknown>, item: unknown): void {
    try {
      this.#sink.item(item);
    } catch (error) {
      endIterator(iterator, (failure) => this.#sink.cleanupFailed(failure));
      throw error;
    }
  }

  #finish(failure?: { readonly error: unknown }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink.end(failure);
  }
}

/** The iterator of a web stream would not cancel it before the read that is under way ends. */
function iteratorOf(stream: AsyncIterable<unknown>): AsyncIterator<unknown> {
  if (!(stream instanceof ReadableStream)) return stream[Symbol.asyncIterator]();
  const reader = stream.getReader();
  return {
    next: async () => {
      const { done, value } = await reader.read();
      return done ? { done: true, value: undefined } : { done: false, value };
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

function endIterator(iterator: AsyncIterator<unknown>, failed: (error: unknown) => void): void {
  iterator.return?.().then(undefined, failed);
}
