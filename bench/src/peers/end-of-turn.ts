/** What collects during a turn of the event loop and writes at its end. */
export interface Flushable {
  flush(): void;
}

const marked: Flushable[] = [];

/** Flushes `one` once at the end of this turn; callers mark themselves when they turn from empty to not empty. */
export function flushAtEndOfTurn(one: Flushable): void {
  if (marked.push(one) === 1) setImmediate(flushAll);
}

function flushAll(): void {
  for (const one of marked) one.flush();
  marked.length = 0;
}
