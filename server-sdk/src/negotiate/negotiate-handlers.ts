// Negotiate for each kind of web server: Fetch style, node:http with its relatives, and Fastify.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { SignalRServerError } from '../errors.ts';
import { negotiateFailed } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import { describeFetch, describeIncoming, splitUrl } from './incoming-request.ts';
import {
  answerNegotiate,
  type NegotiateAnswer,
  type NegotiatedHub,
  type NegotiateOptions,
  type NegotiateRequest,
} from './negotiate.ts';

/** A listener for `http.createServer`, or a handler for Express and the like, whose requests are `R`. */
export type NegotiateListener<R extends IncomingMessage = IncomingMessage> = (
  request: R,
  response: ServerResponse,
) => void;

/** What is needed of a request of Fastify. Name its own type where you want the rest: `(request: FastifyRequest) => …`. */
export interface FastifyRequestLike {
  /** The request of `node:http`. */
  readonly raw: IncomingMessage;
  /** Its headers, by lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** The client's address; proxies count where Fastify trusts them. */
  readonly ip?: string;
}

/** What is needed of a reply of Fastify. */
export interface FastifyReplyLike {
  /** Sets the status. */
  code(status: number): unknown;
  /** Sets a header. */
  header(name: string, value: string): unknown;
}

/** A route handler for Fastify, whose requests are `R`. Never rejects. */
export type FastifyNegotiateHandler<R extends FastifyRequestLike = FastifyRequestLike> = (
  request: R,
  reply: FastifyReplyLike,
) => Promise<string>;

const FAULT: NegotiateAnswer = { status: 500, contentType: 'text/plain', body: 'The server could not answer.' };
const NOT_POST = { status: 405, contentType: 'text/plain', body: '', headers: { Allow: 'POST' } } as const;
const NOT_HERE: NegotiateAnswer = { status: 404, contentType: 'text/plain', body: 'POST to …/negotiate.' };
const TOO_LARGE: NegotiateAnswer = { status: 413, contentType: 'text/plain', body: 'Negotiate takes no body.' };
const BODY_MAX_BYTES = 65_536;
const ENDS_IN_NEGOTIATE = /(^|\/)negotiate\/?$/;

/** Fetch style: the caller routes. Never rejects. */
export async function negotiateFetch(
  hub: NegotiatedHub,
  request: Request,
  options: NegotiateOptions<Request>,
  log: Logger,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const url = { path: pathname, query: search };
  const answer =
    refuseForm(request.method, request.headers.get('content-length') ?? undefined) ??
    (await answerSafely({ hub, options, log }, { ...url, describe: () => describeFetch(request, url) }, request));
  return new Response(answer.body, { status: answer.status, headers: headersOf(answer) });
}

/** node:http style: every request whose path ends in `negotiate` is answered, others with 404. */
export function createNegotiateListener<R extends IncomingMessage>(
  hub: NegotiatedHub,
  options: NegotiateOptions<R>,
  log: Logger,
): NegotiateListener<R> {
  return (request, response) => {
    const url = splitUrl(request);
    const refusal = ENDS_IN_NEGOTIATE.test(url.path)
      ? refuseForm(request.method, request.headers['content-length'])
      : NOT_HERE;
    if (refusal !== undefined) return end(request, response, refusal);
    answerSafely({ hub, options, log }, { ...url, describe: () => describeIncoming(request, url) }, request)
      .then((answer) => end(request, response, answer))
      .catch((error: unknown) => negotiateFailed(log, hub.key, error));
  };
}

/** For Fastify, which routes and reads the body: answers through its reply, so that its hooks see the answer. */
export function createFastifyHandler<R extends FastifyRequestLike>(
  hub: NegotiatedHub,
  options: NegotiateOptions<R>,
  log: Logger,
): FastifyNegotiateHandler<R> {
  return async (request, reply) => {
    const { raw, ip } = request;
    const url = splitUrl(raw);
    const describe = () => ({ ...describeIncoming(raw, url), remoteIpAddress: ip ?? raw.socket.remoteAddress });
    const answer =
      refuseForm(raw.method, undefined) ?? (await answerSafely({ hub, options, log }, { ...url, describe }, request));
    reply.code(answer.status);
    for (const [name, value] of Object.entries(headersOf(answer))) reply.header(name, value);
    return answer.body;
  };
}

interface Route<R> {
  readonly hub: NegotiatedHub;
  readonly options: NegotiateOptions<R>;
  readonly log: Logger;
}

/** What the app's own functions throw is logged, and told to nobody. */
async function answerSafely<R>(
  { hub, options, log }: Route<R>,
  request: NegotiateRequest,
  source: R,
): Promise<NegotiateAnswer> {
  try {
    return await answerNegotiate(hub, request, { options, source });
  } catch (error) {
    negotiateFailed(log, hub.key, error);
    const isSignIn = error instanceof SignalRServerError && error.code === 'sign-in-failed';
    return isSignIn ? { ...FAULT, body: '' } : FAULT;
  }
}

function refuseForm(method: string | undefined, contentLength: string | undefined): NegotiateAnswer | undefined {
  if (method !== 'POST') return NOT_POST;
  return Number(contentLength ?? 0) > BODY_MAX_BYTES ? TOO_LARGE : undefined;
}

function headersOf({ contentType, headers }: NegotiateAnswer): Record<string, string> {
  return { 'Content-Type': contentType, ...headers };
}

function end(request: IncomingMessage, response: ServerResponse, answer: NegotiateAnswer): void {
  // What is still to come of a body is not waited for.
  const close = request.complete ? {} : { Connection: 'close' };
  const length = { 'Content-Length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...headersOf(answer), ...length, ...close });
  response.end(answer.body);
}
