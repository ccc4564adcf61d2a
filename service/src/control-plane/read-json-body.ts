import { withDeadline } from '../transport/deadline.ts';
import { ArmError } from './arm-error.ts';

/** Reads a body that is one JSON object of at most `maxBytes`. Throws `ArmError`: 400, 408, 413. */
export async function readJsonBody(
  request: Request,
  { maxBytes, timeoutMs }: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readBytes(request, maxBytes, timeoutMs);
  const value = parse(bytes);
  if (!isObject(value)) {
    throw new ArmError(400, 'InvalidRequestContent', 'The body must be one JSON object.');
  }
  return value;
}

async function readBytes({ body }: Request, maxBytes: number, timeoutMs: number): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  let isLate = false;
  return await withDeadline(timeoutMs, async (deadline) => {
    deadline.wake(() => {
      isLate = true;
      // Ends a read that waits.
      reader.cancel().catch(() => undefined);
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw tooSlow(timeoutMs);
      if (done) return Buffer.concat(chunks);
      length += value.byteLength;
      if (length > maxBytes) {
        reader.cancel().catch(() => undefined);
        throw tooLarge(maxBytes);
      }
      chunks.push(value);
    }
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What the parser says quotes the body.
    throw new ArmError(400, 'InvalidRequestContent', 'The body is no JSON. Send one JSON object in UTF-8.');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tooSlow(timeoutMs: number): ArmError {
  return new ArmError(408, 'RequestTimeout', `The body was not there within ${timeoutMs / 1000} s. Send it at once.`);
}

function tooLarge(maxBytes: number): ArmError {
  return new ArmError(413, 'RequestTooLarge', `The body is larger than ${maxBytes} bytes. Send less.`);
}
