/** When a server connection was heard, and when it hears of the service next (service-protocol 6.2). Milliseconds. */
export class Liveness {
  #heardAt: number;
  #pingAt: number;

  constructor(now: number, firstPingMs: number) {
    this.#heardAt = now;
    this.#pingAt = now + firstPingMs;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** True when nothing was heard for so long. */
  isSilent(now: number, silenceMs: number): boolean {
    return this.#heardAt + silenceMs <= now;
  }

  /** True when a ping is due; the next one is then, in `everyMs`. */
  takePing(now: number, everyMs: number): boolean {
    if (this.#pingAt > now) return false;
    this.#pingAt = now + everyMs;
    return true;
  }
}
