/** Something that collects what it is given during a turn of the event loop and writes it once, at the end. */
export interface Flushable {
  /** Writes what was collected. Must not throw. */
  flush(): void;
}

/**
 * Flushes everything that was marked during one turn of the event loop, at its end: sixteen messages in one write cost
 * little more than one. Never a timer, so an idle service adds no delay. `setImmediate` runs after all sockets of one
 * poll were read; a microtask would run between them and lose the batching.
 */
export class EndOfTurn {
  #marked: Flushable[] = [];
  #spare: Flushable[] = [];

  /** Flushes `one` at the end of this turn. Callers mark themselves once a turn: they know whether they are empty. */
  mark(one: Flushable): void {
    if (this.#marked.push(one) === 1) setImmediate(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const marked = this.#marked;
    this.#marked = this.#spare;
    this.#spare = marked;
    for (const one of marked) one.flush();
    marked.length = 0;
  };
}
