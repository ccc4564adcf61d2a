/**
 * Names in recordings stand for ids that differ from run to run. They are as long as what they stood for, so that they
 * could take its place in bytes; here ids take the place of names again.
 */
export class RecordedNames {
  readonly #actual = new Map<string, string>();

  /** `stem`: the name without the dots behind it. */
  learn(stem: string, actual: string): void {
    if (actual !== '') this.#actual.set(stem, actual);
  }

  reveal(text: string): string {
    let revealed = text;
    for (const [stem, actual] of this.#actual) {
      revealed = revealed.replaceAll(new RegExp(`${stem}(?!\\d)\\.+`, 'g'), actual);
    }
    return revealed;
  }

  /** Every byte is one character of latin1, and back. */
  revealBytes(bytes: Uint8Array): Buffer {
    return Buffer.from(this.reveal(Buffer.from(bytes).toString('latin1')), 'latin1');
  }
}
