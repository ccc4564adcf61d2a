const DEADLINE_MS = 5_000;

/** What comes in over time, taken in order. A test that waits in vain fails and says for what. */
export class Inbox<T> {
  readonly #name: string;
  readonly #items: T[] = [];
  #wake = () => {};

  constructor(name: string) {
    this.#name = name;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  get length(): number {
    return this.#items.length;
  }

  async take(): Promise<T> {
    const [item] = this.#items.length > 0 ? this.#items.splice(0, 1) : await this.#arrival();
    if (item === undefined) throw new Error(`${this.#name}: two wait for the same`);
    return item;
  }

  #arrival(): Promise<T[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${this.#name}: nothing came`)), DEADLINE_MS);
      this.#wake = () => {
        this.#wake = () => {};
        clearTimeout(timer);
        resolve(this.#items.splice(0, 1));
      };
    });
  }
}
