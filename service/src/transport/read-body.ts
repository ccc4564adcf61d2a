import type { IncomingMessage } from 'node:http';
import type { Deadline } from './deadline.ts';

/** Why there is no body. */
export type BodyFailure = 'aborted' | 'too-large' | 'too-slow';

/** Reads a whole request body of at most `maxBytes`, until `deadline`. */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  deadline: Deadline,
): Promise<Buffer | BodyFailure> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve('too-large');
  if (request.destroyed && !request.readableEnded) return Promise.resolve('aborted');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isSettled = false;
    const settle = (result: Buffer | BodyFailure) => {
      if (isSettled) return;
      isSettled = true;
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (!Buffer.isBuffer(result)) request.pause();
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) settle('too-large');
      else chunks.push(chunk);
    };
    const onEnd = () => settle(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    const onClose = () => settle('aborted');
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
    deadline.wake(() => settle('too-slow'));
  });
}
