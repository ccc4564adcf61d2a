import type { IncomingMessage } from 'node:http';
import { type Deadline, withDeadline } from './deadline.ts';
import { readBody } from './read-body.ts';

/** Takes the whole body of one POST, which is not empty, and says what became of it. */
export type PostReceiver = (body: Buffer) => PostOutcome;

/** What became of one POST. */
export type PostOutcome = 'taken' | 'gone' | 'aborted' | 'too-large' | 'too-slow' | 'too-many' | 'not-read';

export interface PostLimits {
  /** Most bytes of one body. */
  readonly bodyBytes: number;
  /** POSTs of one client connection that are under way, at most. */
  readonly waiting: number;
  /** From the turn of a POST to its end. Milliseconds. */
  readonly postMs: number;
}

/**
 * What a client sends when its transport only carries the other direction: POSTs, taken one at a time in the order of
 * their coming, each whole or not at all (client-protocol 2.2).
 */
export class PostQueue {
  readonly #limits: PostLimits;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #hasEnded = false;
  /** Called when reading goes on, or never will; undefined: the client is read. */
  #wake: (() => void)[] | undefined;

  constructor(limits: PostLimits) {
    this.#limits = limits;
  }

  /** True while no POST is under way. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  take(request: IncomingMessage, receive: PostReceiver): Promise<PostOutcome> {
    if (this.#hasEnded) return Promise.resolve('gone');
    if (this.#waiting >= this.#limits.waiting) return Promise.resolve('too-many');
    this.#waiting += 1;
    const outcome = this.#last
      .then(() => this.#takeNow(request, receive))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }

  /** Reads nobody until `resume`. */
  pause(): void {
    if (!this.#hasEnded) this.#wake ??= [];
  }

  resume(): void {
    const wake = this.#wake ?? [];
    this.#wake = undefined;
    for (const one of wake) one();
  }

  /** Whoever waits is told that the connection is gone. */
  end(): void {
    this.#hasEnded = true;
    this.resume();
  }

  #takeNow(request: IncomingMessage, receive: PostReceiver): Promise<PostOutcome> {
    const { bodyBytes, postMs } = this.#limits;
    return withDeadline(postMs, async (deadline): Promise<PostOutcome> => {
      if (this.#hasEnded) return 'gone';
      const body = await readBody(request, bodyBytes, deadline);
      if (!Buffer.isBuffer(body)) return body;
      if (!(await this.#isRead(deadline))) return 'not-read';
      if (this.#hasEnded) return 'gone';
      return body.length > 0 ? receive(body) : 'taken';
    });
  }

  /** Waits while the client is paused; false at the deadline. */
  #isRead(deadline: Deadline): Promise<boolean> {
    const wake = this.#wake;
    if (wake === undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      wake.push(() => resolve(true));
      deadline.wake(() => resolve(false));
    });
  }
}
