import type { DataMessageType, ServiceMessage } from '@signalite/protocol/service';

/** A way to the service: what is appended during one turn of the event loop goes out in one piece at its end. */
export interface Outlet {
  /** False once nothing that is appended arrives any more. */
  readonly isOpen: boolean;
  append(message: ServiceMessage): void;
  /** Appends one hub message for one client. `packedId` comes from `packConnectionId`. */
  appendData(packedId: Uint8Array, payload: Uint8Array, dataType: DataMessageType): void;
  /** Undefined while there is room; otherwise a promise of room, or of the end of this outlet. It never rejects. */
  readonly congestion: Promise<void> | undefined;
  /** More waits than may wait even of those who do not wait for room. */
  readonly isOverfull: boolean;
  /** Undefined while little is appended in this turn; otherwise a promise of its end. */
  readonly endOfTurn: Promise<void> | undefined;
}

/** The ways to the service that one hub has. */
export interface Outlets {
  /** `preferred` while it is open, else the one that everybody without a preference uses. */
  pick(preferred: Outlet | undefined): Outlet | undefined;
  /** Waits shortly for one to open. Rejects with `not-connected`. */
  untilOpen(): Promise<Outlet>;
}
