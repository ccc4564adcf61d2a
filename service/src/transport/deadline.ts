/** When whoever waits gives up. An AbortSignal would do the same, and cost a tenth of a REST call. */
export class Deadline {
  #hasPassed = false;
  #waiter: (() => void) | undefined;

  /** `waiter` is called once, when the deadline passes; it takes the place of the one before it. */
  wake(waiter: () => void): void {
    this.#waiter = waiter;
    if (this.#hasPassed) waiter();
  }

  pass(): void {
    this.#hasPassed = true;
    this.#waiter?.();
  }
}

/** Runs something that may last `ms` at most: its deadline passes then. No timer stays behind. */
export async function withDeadline<T>(ms: number, run: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = new Deadline();
  const timer = setTimeout(() => deadline.pass(), ms);
  try {
    return await run(deadline);
  } finally {
    clearTimeout(timer);
  }
}
