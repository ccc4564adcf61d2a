// Server-Sent Events and long polling on `/client`: who may do what with which connection (client-protocol 2.1, 2.2).

import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowedTransports } from '../auth/client-claims.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import { Poll } from '../transport/poll.ts';
import type { PostOutcome } from '../transport/post-queue.ts';
import { TransportKind } from '../transport/transport.ts';
import type { Admitted } from './admission.ts';
import { EarlyPosts } from './early-posts.ts';
import type { HttpContext } from './http-context.ts';
import { quotaRefusal } from './quota-refusal.ts';
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

const NOT_OFFERED = {
  ServerSentEvents: Refusals.serverSentEvents,
  LongPolling: Refusals.longPolling,
} as const;

const REFUSAL_OF_POST: Readonly<Record<Exclude<PostOutcome, 'taken'>, Refusal>> = {
  gone: Refusals.postGone,
  aborted: Refusals.postAborted,
  'too-large': Refusals.postTooLarge,
  'too-slow': Refusals.postTooSlow,
  'too-many': Refusals.postsTooMany,
  'not-read': Refusals.postNotRead,
};

/** Handles the requests for transports that are no WebSockets. */
export class TransportRequests {
  readonly #context: HttpContext;
  readonly #targets: TransportTargets;
  readonly #early: EarlyPosts;

  constructor(context: HttpContext, targets: TransportTargets) {
    this.#context = context;
    this.#targets = targets;
    this.#early = new EarlyPosts(context);
  }

  async handle(request: TransportRequest): Promise<TransportAnswer> {
    const id = connectionTokenOf(request.rawQuery);
    if (id === undefined) return Refusals.connectionIdRequired;
    switch (request.request.method) {
      case 'GET':
        return this.#receive(request, id);
      case 'POST':
        return this.#send(request, id);
      case 'DELETE':
        return this.#end(request, id);
      default:
        return Refusals.methodNotAllowed;
    }
  }

  #receive(request: TransportRequest, id: string): TransportAnswer {
    // Gone while its token was checked: nobody would tell of the end of its response.
    if (request.response.destroyed) return undefined;
    const asksForEvents = request.request.headers.accept?.toLowerCase().includes('text/event-stream') === true;
    const kind = asksForEvents ? TransportKind.ServerSentEvents : TransportKind.LongPolling;
    const claimed = this.#context.clients.find(id, request.hub);
    if (claimed.found === 'nothing') return Refusals.noConnection;
    if (!allowedTransports(request.token.claims).includes(kind)) return NOT_OFFERED[kind];
    if (claimed.found === 'active') {
      const { connection, transport } = claimed;
      if (transport.kind !== kind) return connection.isAlive ? Refusals.otherTransport : Refusals.noConnection;
      // A connection that ends tells so to the polls that still come.
      if (transport.kind === TransportKind.LongPolling) transport.poll(new Poll(request.response, request.headers));
      else return connection.isAlive ? Refusals.alreadyConnected : Refusals.noConnection;
      return undefined;
    }
    const overQuota = quotaRefusal(this.#context, request.hub, 'Client');
    if (overQuota !== undefined) return overQuota;
    if (asksForEvents) this.#targets.openEvents(request, id);
    else this.#targets.openPolling(request, id);
    return undefined;
  }

  async #send(request: TransportRequest, id: string): Promise<TransportAnswer> {
    const claimed = this.#context.clients.find(id, request.hub);
    if (claimed.found === 'nothing') return Refusals.noConnection;
    if (claimed.found === 'negotiated') {
      return answerPost(request, await this.#early.take(request.request, id, request.hub));
    }
    const { connection, transport } = claimed;
    if (!connection.isAlive) return Refusals.postGone;
    if (transport.kind === TransportKind.WebSockets) return Refusals.postOnWebSocket;
    const receive = (body: Buffer): PostOutcome => {
      connection.transportReceived(body);
      return 'taken';
    };
    return answerPost(request, await transport.posts.take(request.request, receive));
  }

  #end({ hub, response, headers }: TransportRequest, id: string): TransportAnswer {
    const claimed = this.#context.clients.find(id, hub);
    if (claimed.found === 'nothing') return Refusals.noConnection;
    if (claimed.found === 'negotiated') return Refusals.deleteOfOtherTransport;
    const { connection, transport } = claimed;
    if (!connection.isAlive) return Refusals.noConnection;
    if (transport.kind !== TransportKind.LongPolling) return Refusals.deleteOfOtherTransport;
    connection.close(CloseReasons.clientEnded);
    transport.leave();
    response.writeHead(202, { ...headers, 'Content-Type': 'text/plain', 'Content-Length': '0' });
    response.end();
    return undefined;
  }
}

function answerPost({ response, headers }: TransportRequest, outcome: PostOutcome): TransportAnswer {
  if (outcome !== 'taken') return REFUSAL_OF_POST[outcome];
  response.writeHead(200, { ...headers, 'Content-Type': 'text/plain', 'Content-Length': '0' });
  response.end();
  return undefined;
}
