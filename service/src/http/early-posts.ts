import type { IncomingMessage } from 'node:http';
import { type PostOutcome, PostQueue } from '../transport/post-queue.ts';
import type { HttpContext } from './http-context.ts';

type EarlyPostsContext = Pick<HttpContext, 'clients' | 'limits' | 'timers'>;

/**
 * POSTs of clients whose transport is not open yet: what they bring waits for it. Like later ones they are taken one
 * after the other for each client, and so many at most.
 */
export class EarlyPosts {
  readonly #context: EarlyPostsContext;
  /** By connection token, while one is under way. */
  readonly #queues = new Map<string, PostQueue>();

  constructor(context: EarlyPostsContext) {
    this.#context = context;
  }

  /** Clients with a POST under way. */
  get clientCount(): number {
    return this.#queues.size;
  }

  /** `id`: of a client of the hub that was found to be negotiated. */
  async take(request: IncomingMessage, id: string, hub: string): Promise<PostOutcome> {
    const queue = this.#queues.get(id) ?? this.#create(id);
    try {
      return await queue.take(request, (body) => this.#receive(body, id, hub));
    } finally {
      if (queue.isIdle) this.#queues.delete(id);
    }
  }

  #create(id: string): PostQueue {
    const { limits, timers } = this.#context;
    const { clientPostBytes: bodyBytes, clientPosts: waiting } = limits;
    const queue = new PostQueue({ bodyBytes, waiting, postMs: timers.negotiateMs });
    this.#queues.set(id, queue);
    return queue;
  }

  #receive(body: Buffer, id: string, hub: string): PostOutcome {
    const { clients } = this.#context;
    const claimed = clients.find(id, hub);
    if (claimed.found === 'negotiated') return clients.keepEarly(id, body) ? 'taken' : 'too-large';
    if (claimed.found === 'nothing' || !claimed.connection.isAlive) return 'gone';
    // The transport opened while the body came.
    claimed.connection.transportReceived(body);
    return 'taken';
  }
}
