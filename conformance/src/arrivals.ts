import { shown } from './require.ts';
import { Violation } from './violation.ts';

/** How long a check waits for something that must come. */
export const ARRIVAL_MS = 5000;

interface Waiter<T> {
  readonly isWanted: (one: T) => boolean;
  readonly resolve: (one: T) => void;
}

/** What came from a target, in order, each taken once. Nothing sleeps: whoever waits is woken, or told in time. */
export class Arrivals<T> {
  readonly #waiting: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();
  #end: string | undefined;
  #onEnd = new Set<(why: string) => void>();

  push(one: T): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isWanted(one)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(one);
      return;
    }
    this.#waiting.push(one);
  }

  /** Nothing comes any more. */
  end(why: string): void {
    this.#end ??= why;
    for (const told of [...this.#onEnd]) told(this.#end);
  }

  /** Everything that came and was not taken. */
  get untaken(): readonly T[] {
    return this.#waiting;
  }

  /** The next one that is wanted, by default the next; others stay. Throws a Violation that says what was awaited. */
  next(what: string, isWanted: (one: T) => boolean = () => true, withinMs: number = ARRIVAL_MS): Promise<T> {
    const index = this.#waiting.findIndex(isWanted);
    if (index >= 0) return Promise.resolve(this.#waiting.splice(index, 1)[0] as T);
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        this.#onEnd.delete(ended);
        action();
      };
      const missed = (why: string) => {
        const others = this.#waiting.length === 0 ? 'nothing' : shown(this.#waiting);
        settle(() => reject(new Violation(what, `${others} ${why}`)));
      };
      const waiter: Waiter<T> = { isWanted, resolve: (one) => settle(() => resolve(one)) };
      const ended = (why: string) => missed(`until the end (${why})`);
      const timer = setTimeout(() => missed(`within ${withinMs} ms`), withinMs);
      if (this.#end !== undefined) {
        ended(this.#end);
        return;
      }
      this.#waiters.add(waiter);
      this.#onEnd.add(ended);
    });
  }
}
