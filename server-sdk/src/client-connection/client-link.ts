// The way back to one client (service-protocol 7.3, 10.2).
import {
  type DataMessageType,
  FlowControlOperation,
  FlowControlTarget,
  packConnectionId,
} from '@signalite/protocol/service';
import { type Moment, moment } from '../server-connection/moment.ts';
import type { Outlet } from '../server-connection/outlet.ts';

/** With so much held back, the client is not read: what it says would only make more. */
const HELD_MAX_BYTES = 1024 * 1024;
/** In ticks of a second. Nobody waits longer for a service that forgets to say how to go on. */
const PAUSE_MAX_TICKS = 30;

/** What waits while the service asked for a pause. */
interface Pause {
  readonly held: { readonly payload: Uint8Array; readonly dataType: DataMessageType }[];
  readonly over: Moment;
  heldBytes: number;
  ticksLeft: number;
}

/** One client's path over one server connection. Its messages keep their order, also when it is moved to another. */
export class ClientLink {
  readonly connectionId: string;
  /** When something was sent last, in the hub's ticks. */
  sentAtTick = 0;
  readonly #packedId: Uint8Array;
  #outlet: Outlet;
  #pause: Pause | undefined;

  constructor(connectionId: string, outlet: Outlet) {
    this.connectionId = connectionId;
    this.#packedId = packConnectionId(connectionId);
    this.#outlet = outlet;
  }

  /** The server connection that the client belongs to. */
  get outlet(): Outlet {
    return this.#outlet;
  }

  /** Undefined while more may be sent at once; otherwise a promise of room. */
  get room(): Promise<void> | undefined {
    return this.#pause?.over.promise ?? this.#outlet.congestion ?? this.#outlet.endOfTurn;
  }

  /** More is held back than may be. */
  get isFull(): boolean {
    return this.#pause !== undefined && this.#pause.heldBytes > HELD_MAX_BYTES;
  }

  send(payload: Uint8Array, dataType: DataMessageType): void {
    if (this.#pause === undefined) {
      this.#outlet.appendData(this.#packedId, payload, dataType);
    } else {
      this.#pause.held.push({ payload, dataType });
      this.#pause.heldBytes += payload.length;
    }
  }

  /** Ends the client on the service's side, behind everything that was sent to it. */
  close(error: string): void {
    this.goOn();
    this.#outlet.append({ type: 5, connectionId: this.connectionId, error, headers: [] });
  }

  /**
   * Holds everything back. All that was sent before is on its way, so the answer can be given at once; there is one for
   * each pause, however often it is asked for.
   */
  pause(): void {
    if (this.#pause !== undefined) return;
    this.#pause = { held: [], over: moment(), heldBytes: 0, ticksLeft: PAUSE_MAX_TICKS };
    this.#outlet.append({
      type: 39,
      connectionId: this.connectionId,
      target: FlowControlTarget.Client,
      operation: FlowControlOperation.PauseAck,
    });
  }

  /** Goes on, over `outlet` from now on. */
  resume(outlet: Outlet): void {
    this.#outlet = outlet;
    this.goOn();
  }

  /** Sends what was held back. */
  goOn(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    for (const { payload, dataType } of pause?.held ?? []) {
      this.#outlet.appendData(this.#packedId, payload, dataType);
    }
    pause?.over.resolve();
  }

  /** Forgets what was held back: the client is gone. */
  abandon(): void {
    this.#pause?.over.resolve();
    this.#pause = undefined;
  }

  /** Once a second. True when a pause ended by itself. */
  sweep(): boolean {
    if (this.#pause === undefined) return false;
    this.#pause.ticksLeft -= 1;
    if (this.#pause.ticksLeft > 0) return false;
    this.goOn();
    return true;
  }
}
