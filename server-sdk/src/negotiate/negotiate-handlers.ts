// Negotiate for the two kinds of web servers: Fetch style, and node:http.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { negotiateFailed } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import { answerNegotiate, type NegotiateAnswer, type NegotiatedHub, type NegotiateOptions } from './negotiate.ts';

/** A listener for `http.createServer`, or a handler for Express and the like. */
export type NegotiateListener = (request: IncomingMessage, response: ServerResponse) => void;

const FAULT: NegotiateAnswer = { status: 500, contentType: 'text/plain', body: 'The server could not answer.' };
const ENDS_IN_NEGOTIATE = /(^|\/)negotiate\/?$/;

/** Fetch style: the caller routes, and catches what its own functions throw. */
export async function negotiateFetch(
  hub: NegotiatedHub,
  request: Request,
  options: NegotiateOptions<Request>,
): Promise<Response> {
  if (request.method !== 'POST') return new Response(null, { status: 405, headers: { Allow: 'POST' } });
  const url = new URL(request.url);
  const parts = { path: url.pathname, query: url.search };
  const { status, contentType, body } = await answerNegotiate(hub, parts, { options, source: request });
  return new Response(body, { status, headers: { 'Content-Type': contentType } });
}

/** node:http style: every request whose path ends in `negotiate` is answered, others with 404. */
export function createNegotiateListener(
  hub: NegotiatedHub,
  options: NegotiateOptions<IncomingMessage>,
  log: Logger,
): NegotiateListener {
  return (request, response) => {
    const parts = splitUrl(request);
    if (!ENDS_IN_NEGOTIATE.test(parts.path)) return end(response, 404, 'text/plain', 'POST to …/negotiate.');
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      return end(response, 405, 'text/plain', '');
    }
    answerNegotiate(hub, parts, { options, source: request })
      .catch((error: unknown) => {
        negotiateFailed(log, hub.key, error);
        return FAULT;
      })
      .then(({ status, contentType, body }) => end(response, status, contentType, body))
      .catch((error: unknown) => negotiateFailed(log, hub.key, error));
  };
}

/** Frameworks cut their own prefix off `url` and keep the whole in `originalUrl`. */
function splitUrl(request: IncomingMessage): { readonly path: string; readonly query: string } {
  const original = 'originalUrl' in request ? request.originalUrl : undefined;
  const url = typeof original === 'string' ? original : (request.url ?? '/');
  const question = url.indexOf('?');
  return question < 0 ? { path: url, query: '' } : { path: url.slice(0, question), query: url.slice(question) };
}

function end(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
