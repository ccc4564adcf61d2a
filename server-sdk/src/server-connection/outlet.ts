import type { DataMessageType, ServiceMessage } from '@signalite/protocol/service';
import type { RoutedTarget } from '../endpoints/routed-target.ts';

/** A way to the service: what is appended during one turn of the event loop goes out in one piece at its end. */
export interface Outlet {
  /** Name of the endpoint that it leads to. */
  readonly endpoint: string;
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

/** The ways to the services that one hub has. */
export interface Outlets {
  /**
   * One way for each endpoint that is chosen for `target` and can be reached; none when none is chosen; undefined when
   * nothing that is chosen can be reached. On its own endpoint `preferred` is taken while it is open, elsewhere the one
   * that everybody without a preference uses.
   */
  waysTo(target: RoutedTarget, preferred: Outlet | undefined): readonly Outlet[] | undefined;
  /** The one way to what is behind `outlet`: on the endpoint of that. Undefined when it cannot be reached. */
  waysBeside(outlet: Outlet, preferred: Outlet | undefined): readonly Outlet[] | undefined;
  /** Waits shortly for an endpoint to be reached. Rejects with `not-connected`. */
  untilOpen(): Promise<void>;
}
