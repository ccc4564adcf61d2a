import type { ServerResponse } from 'node:http';
import type { TokenRefusal } from '../auth/token-refusal.ts';
import type { ApiFamily } from './api-family.ts';
import type { ProblemDetails } from './rest-problem.ts';
import type { Answer } from './route.ts';
import type { ServedRoute } from './route-table.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** An HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly text?: string;
}

/** What a call gets that succeeded. The dated API may say `{}`, a ServiceResponse without members (rest-api 6). */
export function successReply({ route, family, success: status }: ServedRoute, answer: Answer): Reply {
  if (answer !== undefined) return { status, type: JSON_TYPE, text: answer.json };
  const hasBody = route.answer === 'service-response' && family === 'dated';
  return hasBody ? { status, type: JSON_TYPE, text: '{}' } : { status };
}

/** An ErrorDetail in the dated API, a sentence in the older ones; the code in a header for all (rest-api 4.2, 6). */
export function problemReply(family: ApiFamily, details: ProblemDetails): Reply {
  const { status, code, message, target } = details;
  const headers = { 'x-ms-error-code': code, ...details.headers };
  if (family !== 'dated') return { status, headers, type: TEXT_TYPE, text: message };
  return { status, headers, type: JSON_TYPE, text: JSON.stringify({ code, message, target }) };
}

/** Without a body, as the cloud answers (rest-api 3.2). */
export function tokenRefusalReply({ status, challenge }: TokenRefusal): Reply {
  return challenge === undefined ? { status } : { status, headers: { 'WWW-Authenticate': challenge } };
}

export interface WriteOptions {
  /** HEAD: everything but the body. */
  readonly isHead: boolean;
  /** Of every answer on this path. */
  readonly headers: Readonly<Record<string, string>>;
}

export function writeReply(outgoing: ServerResponse, reply: Reply, { isHead, headers }: WriteOptions): void {
  const { status, type, text = '' } = reply;
  const content =
    type === undefined || isHead
      ? { 'Content-Length': '0' }
      : { 'Content-Type': type, 'Content-Length': `${Buffer.byteLength(text)}` };
  outgoing.writeHead(status, { ...headers, ...reply.headers, ...(status === 204 ? {} : content) });
  outgoing.end(isHead ? undefined : text);
}
