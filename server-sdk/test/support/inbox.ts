const DEADLINE_MS = 5000;

/** Values that arrive over time, awaited one by one. A wait that is not served in time fails and says what did come. */
export class Inbox<T> {
  readonly #name: string;
  readonly #values: T[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(name: string) {
    this.#name = name;
  }

  push(value: T): void {
    this.#values.push(value);
    for (const wake of [...this.#waiting]) wake();
  }

  /** What came and was not taken. */
  get rest(): readonly T[] {
    return this.#values;
  }

  /** Takes the first value, come or to come, that matches; what was before it stays. */
  take(matches: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const index = this.#values.findIndex(matches);
        const [value] = index < 0 ? [] : this.#values.splice(index, 1);
        if (value === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(value);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`${this.#name}: what was awaited did not come; there is ${describe(this.#values)}`));
      }, DEADLINE_MS);
      this.#waiting.add(look);
      look();
    });
  }
}

function describe(values: readonly unknown[]): string {
  return JSON.stringify(values.slice(0, 10), (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
}
