// Hub messages that come in parts (service-protocol 7.3): kept until the last one is here.

/** The parts that have come, by client. */
export class Fragments {
  readonly #parts = new Map<string, Uint8Array[]>();

  /** The whole payload, or undefined while more parts are to come. */
  add(connectionId: string, payload: Uint8Array, isPartial: boolean): Uint8Array | undefined {
    if (!isPartial && this.#parts.size === 0) return payload;
    const parts = this.#parts.get(connectionId);
    if (!isPartial && parts === undefined) return payload;
    if (isPartial) {
      this.#parts.set(connectionId, [...(parts ?? []), new Uint8Array(payload)]);
      return undefined;
    }
    this.#parts.delete(connectionId);
    return Buffer.concat([...(parts ?? []), payload]);
  }

  /** Bytes that wait for a client's last part. */
  bytesOf(connectionId: string): number {
    return (this.#parts.get(connectionId) ?? []).reduce((sum, part) => sum + part.length, 0);
  }

  /** The client returned, or is gone: the last part will never come. */
  drop(connectionId: string): void {
    if (this.#parts.size > 0) this.#parts.delete(connectionId);
  }
}
