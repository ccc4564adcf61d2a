/** Sends in order, one request at a time; what comes meanwhile travels together in the next one. */
export interface PostQueue {
  /** Resolves when the request with these bytes was accepted. */
  send(bytes: Uint8Array): Promise<void>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<unknown>;
}

/** Servers bound the size of a request: no more than this is joined. */
const JOINED_MAX_BYTES = 64 * 1024;

interface Batch {
  readonly parts: Uint8Array[];
  bytes: number;
  sent: Promise<void>;
}

export function createPostQueue(post: (body: Uint8Array<ArrayBuffer>) => Promise<void>): PostQueue {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Batch | undefined;

  function startBatch(): Batch {
    const batch: Batch = { parts: [], bytes: 0, sent: Promise.resolve() };
    batch.sent = last.then(() => {
      if (waiting === batch) waiting = undefined;
      return post(join(batch));
    });
    last = batch.sent.catch(() => undefined);
    return batch;
  }

  return {
    send(bytes) {
      if (waiting === undefined || waiting.bytes + bytes.length > JOINED_MAX_BYTES) waiting = startBatch();
      waiting.parts.push(bytes);
      waiting.bytes += bytes.length;
      return waiting.sent;
    },
    idle: () => last,
  };
}

function join({ parts, bytes }: Batch): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
