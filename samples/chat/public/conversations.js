// What has been said where. No DOM here.

export const EVERYONE = 'everyone';

/** Key of a room or of a person: names of both may be the same. */
export const roomKey = (room) => `room:${room}`;
export const personKey = (name) => `person:${name}`;

const KEPT_MAX = 500;

/** Conversations by key: kind, name, lines and how many of them were not seen. */
export class Conversations {
  #byKey = new Map();
  #current = EVERYONE;

  constructor() {
    this.open(EVERYONE, { kind: 'everyone', name: 'Everyone' });
  }

  open(key, { kind, name }) {
    if (!this.#byKey.has(key)) this.#byKey.set(key, { key, kind, name, lines: [], unseen: 0 });
    return this.#byKey.get(key);
  }

  close(key) {
    this.#byKey.delete(key);
    if (this.#current === key) this.#current = EVERYONE;
  }

  select(key) {
    this.#current = key;
    this.current.unseen = 0;
  }

  get current() {
    return this.#byKey.get(this.#current);
  }

  get(key) {
    return this.#byKey.get(key);
  }

  of(kind) {
    return [...this.#byKey.values()].filter((one) => one.kind === kind);
  }

  /** A line is `{ from, text, at }`, or `{ text }` when nobody said it. */
  add(key, line) {
    const conversation = this.#byKey.get(key);
    if (conversation === undefined) return;
    conversation.lines.push(line);
    if (conversation.lines.length > KEPT_MAX) conversation.lines.shift();
    if (key !== this.#current && line.from !== undefined) conversation.unseen += 1;
  }
}
