// The life of a client connection:
//
//   handshaking ──► connecting ──► open ──► leaving ──► ending ──► closed
//        │              │            └──────────────────►│
//        │              └───────────────────────────────►│
//        └──────────────────────────────────────────────────────► closed
//
// Deadlines are ticks of the hub's clock: one sweep looks at them.

/** A second of the hub's clock. */
export const TICK_MS = 1000;

export type ClientState =
  /** The hub handshake request is awaited; `received` is what came of it. */
  | { readonly name: 'handshaking'; readonly received: Uint8Array | undefined; readonly deadlineTick: number }
  /** `onConnected` runs, and nothing is read before it is done. */
  | { readonly name: 'connecting'; readonly hasLeft: boolean }
  | { readonly name: 'open' }
  /** The client is gone; what it sent before is still read. */
  | { readonly name: 'leaving'; readonly deadlineTick: number }
  /** Nothing is read any more; `onDisconnected` waits for calls that run, and for `onConnected`. */
  | {
      readonly name: 'ending';
      readonly error: Error | undefined;
      readonly isConnecting: boolean;
      readonly deadlineTick: number;
    }
  | { readonly name: 'closed' };

export const CONNECTING: ClientState = { name: 'connecting', hasLeft: false };
export const CONNECTING_GONE: ClientState = { name: 'connecting', hasLeft: true };
export const OPEN: ClientState = { name: 'open' };
export const CLOSED: ClientState = { name: 'closed' };

/** Ticks that cover `milliseconds`. */
export function ticks(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / TICK_MS));
}
