// A stream from a client, as a hub method reads it (client-protocol 3.9, 6.8).
import { HubException } from '../errors.ts';
import { describeIssues, type StandardSchema } from './standard-schema.ts';

type State =
  | { readonly name: 'open' }
  /** The client is done; what it sent is still read. */
  | { readonly name: 'ended'; readonly error: Error | undefined }
  /** Nobody reads any more. */
  | { readonly name: 'abandoned' };

interface Reader {
  readonly resolve: (step: IteratorResult<unknown, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

export interface UploadStreamOptions {
  /** Items that may wait. */
  readonly capacity: number;
  readonly schema: StandardSchema | undefined;
  /** Say what is wrong with an item. */
  readonly isDetailed: boolean;
  /** Called when items may come again after `isFull`. */
  readonly onRoom: () => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };
const OPEN: State = { name: 'open' };
const ABANDONED: State = { name: 'abandoned' };

/** Keeps what the client sent until the method asks for it. Read once, by one reader after the other. */
export class UploadStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #options: UploadStreamOptions;
  readonly #items: unknown[] = [];
  readonly #readers: Reader[] = [];
  #state: State = OPEN;

  constructor(options: UploadStreamOptions) {
    this.#options = options;
  }

  /** More waits than may: no further messages of the client are to be read. */
  get isFull(): boolean {
    return this.#state.name === 'open' && this.#items.length > this.#options.capacity;
  }

  push(item: unknown): void {
    if (this.#state.name !== 'open') return;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#items.push(item);
    else this.#give(reader, item);
  }

  /** The client sends no more; with `error`, reading fails once everything before it was read. */
  end(error?: Error): void {
    if (this.#state.name !== 'open') return;
    const wasFull = this.isFull;
    this.#state = { name: 'ended', error };
    for (const reader of this.#readers.splice(0)) finish(reader, error);
    if (wasFull) this.#options.onRoom();
  }

  /** Nobody reads any more; what still comes is ignored. */
  abandon(): void {
    const wasFull = this.isFull;
    this.#state = ABANDONED;
    this.#items.length = 0;
    for (const reader of this.#readers.splice(0)) reader.resolve(DONE);
    if (wasFull) this.#options.onRoom();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      if (this.#items.length > 0) {
        const wasFull = this.isFull;
        this.#give(reader, this.#items.shift());
        if (wasFull && !this.isFull) this.#options.onRoom();
      } else if (this.#state.name === 'open') this.#readers.push(reader);
      else finish(reader, this.#state.name === 'ended' ? this.#state.error : undefined);
    });
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.abandon();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #give(reader: Reader, item: unknown): void {
    const { schema } = this.#options;
    if (schema === undefined) reader.resolve({ done: false, value: item });
    else this.#validate(schema, item).then((value) => reader.resolve({ done: false, value }), reader.reject);
  }

  async #validate(schema: StandardSchema, item: unknown): Promise<unknown> {
    const result = await schema['~standard'].validate(item);
    if (result.issues === undefined) return result.value;
    const detail = this.#options.isDetailed ? ` ValidationError: ${describeIssues(result.issues)}` : '';
    throw new HubException(`Failed to bind Stream message.${detail}`);
  }
}

function finish(reader: Reader, error: Error | undefined): void {
  if (error === undefined) reader.resolve(DONE);
  else reader.reject(error);
}
