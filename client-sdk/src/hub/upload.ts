import { HubMessageType } from '@signalite/protocol';
import { messageOf } from '../errors.ts';
import type { UploadStream } from './hub-contract.ts';
import type { HubLink } from './hub-link.ts';

// Streams from the client to the hub (client-protocol 3.9).

/** Whether an argument is uploaded item by item instead of being sent with the call. */
export function isUpload(argument: unknown): argument is UploadStream<unknown> {
  return argument instanceof Object && (Symbol.asyncIterator in argument || 'getReader' in argument);
}

/** Sends the items, then the end. The next item is asked for when the last one was sent, and none when `over` says so. */
export async function upload(
  link: HubLink,
  invocationId: string,
  source: UploadStream<unknown>,
  over: AbortSignal,
): Promise<void> {
  let failure: { error: string } | undefined;
  // The hub may have answered before it had a single item.
  if (over.aborted) return;
  try {
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : readAll(source);
    over.addEventListener('abort', () => void iterator.return?.()?.catch(() => {}));
    for await (const item of { [Symbol.asyncIterator]: () => iterator }) {
      if (over.aborted) return;
      // JSON would leave an undefined item out.
      await link.send({ type: HubMessageType.StreamItem, invocationId, item: item ?? null });
    }
  } catch (error) {
    failure = { error: messageOf(error) };
  }
  if (!over.aborted) link.post({ type: HubMessageType.Completion, invocationId, ...failure });
}

/** Not every browser lets a web stream be iterated over. */
async function* readAll(stream: ReadableStream<unknown>): AsyncGenerator<unknown, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
