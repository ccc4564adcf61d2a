const DEADLINE_MS = 5000;

/** Values that arrive over time, awaited one by one. A wait that is not served in time fails and says what did come. */
export class Inbox<T> {
  readonly #name: string;
  readonly #values: T[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  push(value: T): void {
    this.#values.push(value);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** What came and was not taken. */
  get rest(): readonly T[] {
    return this.#values;
  }

  /** Takes the next value. */
  next(deadlineMs = DEADLINE_MS): Promise<T> {
    return this.find(() => true, deadlineMs);
  }

  /** Takes the first value, come or to come, that matches; what was before it stays. */
  async find(matches: (value: T) => boolean, deadlineMs = DEADLINE_MS): Promise<T> {
    const deadlineAt = Date.now() + deadlineMs;
    for (;;) {
      const index = this.#values.findIndex(matches);
      if (index >= 0) {
        const [value] = this.#values.splice(index, 1);
        if (value !== undefined) return value;
      }
      await this.#arrival(deadlineAt - Date.now());
    }
  }

  #arrival(leftMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          reject(new Error(`${this.#name}: nothing that was awaited came in time; there is ${this.#describeRest()}`));
        },
        Math.max(0, leftMs),
      );
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #describeRest(): string {
    return this.#values.length === 0 ? 'nothing' : JSON.stringify(this.#values.slice(0, 10), bigintText);
  }
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
