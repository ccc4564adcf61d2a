import type { ServiceMessage } from '@signalite/protocol/service';
import type { HubServer } from '../hub/server-link.ts';

/** How a move ended: the client is on the other connection, still on this one, or gone. */
export type MoveOutcome = 'moved' | 'unanswered' | 'stayed' | 'gone';

/** Where a client goes, and until when its app server may take to pause it. */
export interface MoveOrder {
  readonly target: HubServer;
  /** Milliseconds since 1970. */
  readonly deadlineAt: number;
  readonly onEnd: (outcome: MoveOutcome) => void;
}

/**
 * A client between two connections of its app server. Both are read by the app server on their own, so whatever is for
 * it waits until the old one is known to be read that far: the answer to the pause says so (service-protocol 10.2).
 */
export class ClientMove {
  readonly order: MoveOrder;
  readonly held: (Uint8Array | ServiceMessage)[] = [];
  #heldBytes = 0;

  constructor(order: MoveOrder) {
    this.order = order;
  }

  /** Bytes of the client that wait. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Keeps a copy: what came is valid during the call only. */
  holdBytes(bytes: Uint8Array): void {
    this.#heldBytes += bytes.length;
    this.held.push(Uint8Array.from(bytes));
  }

  holdMessage(message: ServiceMessage): void {
    this.held.push(message);
  }
}
