// The way back to one client (service-protocol 7.3, 10.2).
import {
  type DataMessageType,
  FlowControlOperation,
  FlowControlTarget,
  packConnectionId,
} from '@signalite/protocol/service';
import { type Moment, moment } from '../server-connection/moment.ts';
import type { Outlet } from '../server-connection/outlet.ts';

/** What waits while the service asked for a pause. */
interface Pause {
  readonly held: { readonly payload: Uint8Array; readonly dataType: DataMessageType }[];
  readonly over: Moment;
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

  send(payload: Uint8Array, dataType: DataMessageType): void {
    if (this.#pause === undefined) this.#outlet.appendData(this.#packedId, payload, dataType);
    else this.#pause.held.push({ payload, dataType });
  }

  /** Ends the client on the service's side, behind everything that was sent to it. */
  close(error: string): void {
    this.#goOn();
    this.#outlet.append({ type: 5, connectionId: this.connectionId, error, headers: [] });
  }

  /** Holds everything back. All that was sent before is on its way, so the answer can be given at once. */
  pause(): void {
    this.#pause ??= { held: [], over: moment() };
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
    this.#goOn();
  }

  #goOn(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    for (const { payload, dataType } of pause?.held ?? []) {
      this.#outlet.appendData(this.#packedId, payload, dataType);
    }
    pause?.over.resolve();
  }
}
