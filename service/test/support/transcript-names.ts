const PADDING = '.';

/**
 * Names for what differs from run to run: ids of connections, of servers, of requests. A name is as long as what it
 * stands for, so that it can take its place inside payloads of both hub protocols and inside whole service messages.
 */
export class TranscriptNames {
  readonly #names = new Map<string, string>();
  readonly #numbers = new Map<string, number>();

  /** Gives `actual` a name that starts with `name`; knows it already: nothing happens. */
  learn(actual: string, name: string): void {
    if (actual === '' || this.#names.has(actual)) return;
    if (name.length > actual.length) throw new Error(`the name ${name} is longer than what it stands for`);
    this.#names.set(actual, name.padEnd(actual.length, PADDING));
  }

  /** Gives `actual` the next of the numbered names that start with `stem`. */
  learnNext(actual: string, stem: string): void {
    if (this.#names.has(actual)) return;
    const number = (this.#numbers.get(stem) ?? 0) + 1;
    this.#numbers.set(stem, number);
    this.learn(actual, `${stem}-${number}`);
  }

  /** The name of `actual`. */
  nameOf(actual: string): string {
    return this.#names.get(actual) ?? actual;
  }

  /** Puts names in place of what they stand for. */
  hide(text: string): string {
    let hidden = text;
    for (const [actual, name] of this.#names) hidden = hidden.replaceAll(actual, name);
    return hidden;
  }

  hideBytes(bytes: Uint8Array): Buffer {
    return latin1(bytes, (text) => this.hide(text));
  }

  /** Puts what names stand for in their place. */
  reveal(text: string): string {
    let revealed = text;
    for (const [actual, name] of this.#names) revealed = revealed.replaceAll(name, actual);
    return revealed;
  }

  revealBytes(bytes: Uint8Array): Buffer {
    return latin1(bytes, (text) => this.reveal(text));
  }
}

/** Every byte is one character of latin1, and back. */
function latin1(bytes: Uint8Array, change: (text: string) => string): Buffer {
  return Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1');
}
