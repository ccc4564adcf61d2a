// Server-Sent Events and long polling on `/client`: who may do what with which connection (client-protocol 2.1, 2.2).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowedTransports } from '../auth/client-claims.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { Poll } from '../transport/poll.ts';
import type { PostOutcome } from '../transport/post-queue.ts';
import { readBody } from '../transport/read-body.ts';
import { TransportKind } from '../transport/transport.ts';
import { withDeadline } from '../transport/with-deadline.ts';
import type { Admitted } from './admission.ts';
import type { HttpContext } from './http-context.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { connectionTokenOf } from './request-target.ts';

/** One request of a client whose hub and token were checked. */
export interface TransportRequest extends Admitted {
  readonly rawQuery: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Who makes connections of negotiated ones. */
export interface TransportTargets {
  openEvents(request: TransportRequest, connectionToken: string): void;
  openPolling(request: TransportRequest, connectionToken: string): void;
}

/** `undefined`: the response is written, or will be. */
export type TransportAnswer = Refusal | undefined;

type Handler = (
  context: HttpContext,
  request: TransportRequest,
  targets: TransportTargets,
  connectionToken: string,
) => TransportAnswer | Promise<TransportAnswer>;

const HANDLERS: Readonly<Record<string, Handler>> = { GET: receive, POST: send, DELETE: end };

/** Handles a request for a transport that is not a WebSocket. */
export async function handleTransport(
  context: HttpContext,
  request: TransportRequest,
  targets: TransportTargets,
): Promise<TransportAnswer> {
  const handler = HANDLERS[request.request.method ?? ''];
  if (handler === undefined) return Refusals.methodNotAllowed;
  const id = connectionTokenOf(request.rawQuery);
  return id === undefined ? Refusals.connectionIdRequired : handler(context, request, targets, id);
}

function receive(context: HttpContext, request: TransportRequest, targets: TransportTargets, id: string) {
  const asksForEvents = request.request.headers.accept?.toLowerCase().includes('text/event-stream') === true;
  const kind = asksForEvents ? TransportKind.ServerSentEvents : TransportKind.LongPolling;
  const claimed = context.clients.find(id, request.hub);
  if (claimed.found === 'nothing') return Refusals.noConnection;
  if (!allowedTransports(request.token.claims).includes(kind)) return NOT_OFFERED[kind];
  if (claimed.found === 'active') {
    const { connection, transport } = claimed;
    if (transport.kind !== kind) return connection.isAlive ? Refusals.otherTransport : Refusals.noConnection;
    // A connection that ends tells so to the polls that still come.
    if (transport.kind === TransportKind.LongPolling) transport.poll(new Poll(request.response, request.headers));
    else return connection.isAlive ? Refusals.alreadyConnected : Refusals.noConnection;
  } else if (asksForEvents) targets.openEvents(request, id);
  else targets.openPolling(request, id);
  return undefined;
}

const NOT_OFFERED = {
  ServerSentEvents: Refusals.serverSentEvents,
  LongPolling: Refusals.longPolling,
} as const;

async function send(context: HttpContext, request: TransportRequest, _targets: TransportTargets, id: string) {
  const claimed = context.clients.find(id, request.hub);
  if (claimed.found === 'nothing') return Refusals.noConnection;
  if (claimed.found === 'negotiated') return sendEarly(context, request, id);
  const { connection, transport } = claimed;
  if (!connection.isAlive) return Refusals.noConnection;
  if (transport.kind === TransportKind.WebSockets) return Refusals.postOnWebSocket;
  return answerPost(request, await transport.posts.take(request.request));
}

/** What comes before the first transport request waits for it. */
async function sendEarly(context: HttpContext, request: TransportRequest, id: string): Promise<TransportAnswer> {
  const { limits, timers } = context;
  const body = await withDeadline(timers.negotiateMs, (deadline) =>
    readBody(request.request, limits.clientPostBytes, deadline),
  );
  if (!Buffer.isBuffer(body)) return answerPost(request, body);
  const claimed = context.clients.find(id, request.hub);
  if (claimed.found === 'nothing') return Refusals.noConnection;
  if (claimed.found === 'negotiated') {
    return answerPost(request, context.clients.keepEarly(id, body) ? 'taken' : 'too-large');
  }
  if (claimed.transport.kind === TransportKind.WebSockets) return Refusals.postOnWebSocket;
  claimed.connection.transportReceived(body);
  return answerPost(request, 'taken');
}

const REFUSAL_OF_POST: Readonly<Record<Exclude<PostOutcome, 'taken'>, Refusal>> = {
  gone: Refusals.postGone,
  aborted: Refusals.postAborted,
  'too-large': Refusals.postTooLarge,
  'too-slow': Refusals.postTooSlow,
  'too-many': Refusals.postsTooMany,
  'not-read': Refusals.postNotRead,
};

function answerPost({ response, headers }: TransportRequest, outcome: PostOutcome): TransportAnswer {
  if (outcome !== 'taken') return REFUSAL_OF_POST[outcome];
  response.writeHead(200, { ...headers, 'Content-Type': 'text/plain', 'Content-Length': '0' });
  response.end();
  return undefined;
}

function end(context: HttpContext, request: TransportRequest, _targets: TransportTargets, id: string) {
  const claimed = context.clients.find(id, request.hub);
  if (claimed.found === 'nothing') return Refusals.noConnection;
  if (claimed.found === 'negotiated') return Refusals.deleteOfOtherTransport;
  const { connection, transport } = claimed;
  if (!connection.isAlive) return Refusals.noConnection;
  if (transport.kind !== TransportKind.LongPolling) return Refusals.deleteOfOtherTransport;
  connection.close(CloseReasons.clientEnded);
  const { response, headers } = request;
  response.writeHead(202, { ...headers, 'Content-Type': 'text/plain', 'Content-Length': '0' });
  response.end();
  return undefined;
}
