import type { IncomingMessage } from 'node:http';
import { withDeadline } from '../transport/deadline.ts';
import { type BodyFailure, readBody } from '../transport/read-body.ts';
import { type ProblemDetails, Problems, RestProblem } from './rest-problem.ts';

/** The body of a call. */
export interface RequestBody {
  /** Lower case, without parameters; empty when the call names none. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export const MediaType = {
  Json: 'application/json',
  MessagePack: 'application/x-msgpack',
  /** A ready hub message for each hub protocol. */
  Framed: 'application/octet-stream',
} as const;

/** Reads a body that must be there. Throws `RestProblem`: 400, 413, 415. */
export async function readRequestBody(
  request: IncomingMessage,
  { maxBytes, timeoutMs }: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<RequestBody> {
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (encoding.toLowerCase() !== 'identity') {
    throw unsupportedMedia(`Bodies with the content encoding '${encoding}' are not read. Send it as it is.`);
  }
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters
    .map((one) => /^\s*charset\s*=\s*"?([^"\s]*)/.exec(one)?.[1])
    .find((one) => one !== undefined);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    throw unsupportedMedia(`Bodies in the character set '${charset}' are not read. Send UTF-8.`);
  }
  const bytes = await withDeadline(timeoutMs, (deadline) => readBody(request, maxBytes, deadline));
  if (!Buffer.isBuffer(bytes)) throw new RestProblem(failure(bytes, maxBytes));
  if (bytes.length === 0) throw new RestProblem(Problems.bodyMissing);
  return { mediaType: type.trim(), bytes };
}

/** 415. */
export function unsupportedMedia(message: string): RestProblem {
  return new RestProblem({ status: 415, code: 'Error.Request.Invalid', message });
}

/** 415 for a type that a route does not take. */
export function mediaTypeProblem(mediaType: string, taken: readonly string[]): RestProblem {
  const given = mediaType === '' ? 'The body has no content type' : `Bodies of type '${mediaType}' are not read`;
  return unsupportedMedia(`${given}. Send ${taken.join(' or ')}.`);
}

function failure(why: BodyFailure, maxBytes: number): ProblemDetails {
  switch (why) {
    case 'aborted':
      return Problems.bodyAborted;
    case 'too-slow':
      return Problems.bodyTooSlow;
    case 'too-large':
      return {
        status: 413,
        code: 'Error.Request.Invalid',
        message: `The body is larger than ${maxBytes} bytes. Send less at once, or over a server connection.`,
      };
  }
}
