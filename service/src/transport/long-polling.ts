import type { OutboundRecord } from '../outbound/outbound-record.ts';
import { joinPayloads } from '../outbound/payload-of.ts';
import type { Poll } from './poll.ts';
import { type PostLimits, PostQueue } from './post-queue.ts';
import { type Transport, TransportKind, type TransportOwner } from './transport.ts';

const NOTHING = Buffer.alloc(0);

export interface LongPollingOptions {
  /** How long a poll waits for something to answer. Milliseconds. */
  readonly pollMs: number;
  /** How long the connection may stay without a poll. Milliseconds. */
  readonly pollIntervalMs: number;
  readonly posts: PostLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

// The life of the transport:
//
//   idle ──► polling ──► answering ──► idle …
//     └─────────┴─────────────┴──► ending ──► ended
type State =
  /** Between two polls: what is to be written waits in the owner's queue. */
  | { readonly name: 'idle'; readonly until: number }
  | { readonly name: 'polling'; readonly poll: Poll; readonly until: number }
  /** The network takes an answer. */
  | { readonly name: 'answering'; readonly poll: Poll; readonly until: number }
  /**
   * The next poll gets the last records, and the one after it hears of the end. `poll`: an answer is under way.
   * `isAwaited`: the client is not known to be done.
   */
  | {
      readonly name: 'ending';
      readonly last: readonly OutboundRecord[];
      readonly poll: Poll | undefined;
      readonly isAwaited: boolean;
    }
  | { readonly name: 'ended' };

/** Client connection over polls one way and POSTs the other (client-protocol 2.5). */
export class LongPollingTransport implements Transport {
  readonly kind = TransportKind.LongPolling;
  readonly posts: PostQueue;
  readonly #owner: TransportOwner;
  readonly #options: LongPollingOptions;
  #state: State;

  constructor(owner: TransportOwner, options: LongPollingOptions) {
    this.#owner = owner;
    this.#options = options;
    this.posts = new PostQueue(options.posts);
    this.#state = this.#idle();
  }

  get unsentBytes(): number {
    return this.#poll?.unsentBytes ?? 0;
  }

  get isWritable(): boolean {
    return this.#state.name === 'polling';
  }

  /** The first poll is answered at once: it tells the client that the connection stands. */
  open(first: Poll): void {
    first.onClosed(() => this.#pollClosed(first));
    this.#answer(first, NOTHING);
  }

  /**
   * A poll arrived. One that still waits is answered with 204: the new one takes its place. An answer that the client
   * has not read counts as delivered, and is not kept for it.
   */
  poll(poll: Poll): void {
    const state = this.#state;
    if (state.name === 'ended') {
      poll.end();
      return;
    }
    poll.onClosed(() => this.#pollClosed(poll));
    if (state.name === 'polling') state.poll.end();
    else this.#poll?.drop();
    if (state.name === 'ending') {
      this.#answerLast(poll, state.last);
      return;
    }
    this.#state = { name: 'polling', poll, until: this.#options.now() + this.#options.pollMs };
    this.#owner.transportDrained();
  }

  write(records: readonly OutboundRecord[]): void {
    const state = this.#state;
    if (state.name === 'polling' && records.length > 0) this.#answer(state.poll, joinPayloads(records));
  }

  end(last: readonly OutboundRecord[]): void {
    const state = this.#state;
    if (state.name === 'ended') return;
    this.posts.end();
    if (state.name === 'polling') this.#answerLast(state.poll, last);
    else this.#state = { name: 'ending', last, poll: this.#poll, isAwaited: true };
  }

  /** The client ended the connection: after `end` it does not poll any more. */
  leave(): void {
    const state = this.#state;
    if (state.name !== 'ending') return;
    if (state.poll === undefined) this.#ended('closed');
    else this.#state = { ...state, isAwaited: false };
  }

  drop(): void {
    this.#poll?.drop();
    this.#ended('gone');
  }

  pause(): void {
    this.posts.pause();
  }

  resume(): void {
    this.posts.resume();
  }

  sweep(now: number): void {
    const state = this.#state;
    if (state.name === 'ending' || state.name === 'ended' || state.until > now) return;
    if (state.name === 'idle') this.#ended('no-poll');
    else if (state.name === 'answering') this.drop();
    else {
      this.#state = this.#idle();
      state.poll.timeOut();
    }
  }

  #answer(poll: Poll, bytes: Buffer): void {
    this.#state = { name: 'answering', poll, until: this.#options.now() + this.#options.pollMs };
    poll.answer(bytes);
  }

  #answerLast(poll: Poll, last: readonly OutboundRecord[]): void {
    if (last.length === 0) {
      poll.end();
      this.#ended('closed');
      return;
    }
    this.#state = { name: 'ending', last: [], poll, isAwaited: true };
    poll.answer(joinPayloads(last));
  }

  /** An answer went out, or its client gave up: the time without a poll begins. */
  #pollClosed(poll: Poll): void {
    if (this.#poll !== poll) return;
    const state = this.#state;
    if (state.name !== 'ending') this.#state = this.#idle();
    else if (state.isAwaited) this.#state = { ...state, poll: undefined };
    else this.#ended('closed');
  }

  /** The poll that waits, or whose answer is under way. */
  get #poll(): Poll | undefined {
    return 'poll' in this.#state ? this.#state.poll : undefined;
  }

  #idle(): State {
    return { name: 'idle', until: this.#options.now() + this.#options.pollIntervalMs };
  }

  #ended(end: 'closed' | 'gone' | 'no-poll'): void {
    if (this.#state.name === 'ended') return;
    this.#state = { name: 'ended' };
    this.posts.end();
    this.#owner.transportClosed(end);
  }
}
