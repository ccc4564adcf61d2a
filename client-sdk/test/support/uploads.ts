// What tests upload.

/** The numbers from 1. */
export async function* numbers(to: number): AsyncGenerator<number> {
  for (let index = 1; index <= to; index++) yield index;
}

/** An upload that the test feeds. */
export function source() {
  let controller: ReadableStreamDefaultController<unknown> | undefined;
  let isCanceled = false;
  const stream = new ReadableStream<unknown>({
    start(given) {
      controller = given;
    },
    cancel() {
      isCanceled = true;
    },
  });
  return {
    stream,
    give: (item: unknown) => controller?.enqueue(item),
    end: () => controller?.close(),
    fail: (error: Error) => controller?.error(error),
    isCanceled: () => isCanceled,
  };
}

/** An upload that never gives anything. */
export function idle() {
  let begin = () => {};
  let isReturned = false;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const iterable: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next() {
        begin();
        return new Promise(() => {});
      },
      return: async () => {
        isReturned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  return { iterable, begun, isReturned: () => isReturned };
}
