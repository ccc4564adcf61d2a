import type { Pace } from './load.ts';
import type { Traffic } from './traffic.ts';

/** Decides when the next message is sent. */
export class Pacer {
  readonly #traffic: Traffic;
  readonly #pace: Pace;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #sent = 0;
  #received = 0;

  constructor(traffic: Traffic, pace: Pace) {
    this.#traffic = traffic;
    this.#pace = pace;
  }

  /** Messages that came in since the start. */
  get receivedCount(): number {
    return this.#received;
  }

  /** Messages that must come in for all that was sent since the start. */
  get expectedCount(): number {
    return this.#sent * this.#traffic.fanOut;
  }

  start(): void {
    this.#isRunning = true;
    if (this.#pace.kind === 'open') {
      this.#startOpenLoop(this.#pace.sentPerSecond);
      return;
    }
    const { window } = this.#pace;
    const senders = this.#isPointToPoint ? this.#traffic.senders : Math.min(1, this.#traffic.senders);
    for (let turn = 0; turn < senders * window; turn++) this.#send(turn, performance.now());
  }

  stop(): void {
    this.#isRunning = false;
    clearInterval(this.#timer);
  }

  /** `count` messages came to client `receiver`: in a closed loop others follow. */
  received(receiver: number, count: number): void {
    this.#received += count;
    if (!this.#isRunning || this.#pace.kind === 'open') return;
    if (this.#isPointToPoint) {
      const sender = this.#traffic.senderTo(receiver);
      for (let index = 0; index < count; index++) this.#send(sender, performance.now());
      return;
    }
    const { window } = this.#pace;
    const done = Math.floor(this.#received / this.#traffic.fanOut);
    while (this.#sent - done < window) this.#send(this.#sent, performance.now());
  }

  get #isPointToPoint(): boolean {
    return this.#traffic.fanOut === 1;
  }

  /** Late turns catch up; latency counts from the moment at which each message was due. */
  #startOpenLoop(sentPerSecond: number): void {
    const beginMs = performance.now();
    const gapMs = 1000 / sentPerSecond;
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - beginMs) / gapMs);
      while (this.#sent < due) this.#send(this.#sent, beginMs + (this.#sent + 1) * gapMs);
    }, 1);
  }

  #send(sender: number, atMs: number): void {
    this.#sent += 1;
    this.#traffic.send(sender, atMs);
  }
}
