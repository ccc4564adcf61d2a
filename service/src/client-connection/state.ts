// The life of a client connection:
//
//   handshaking ──► opening ──► open ◄──► away
//        │             │          │         │
//        └─────────────┴──────────┴─────────┴──► closing ──► closed
//                                 (or straight to closed, when the peer is gone)

import type { ClientOpening, ServerLink } from '../hub/server-link.ts';
import type { OutboundRecord } from '../outbound/outbound-record.ts';

/** The transport is open; the hub handshake request is being read. */
export interface Handshaking {
  readonly name: 'handshaking';
  readonly deadlineAt: number;
  readonly opening: ClientOpening;
  /** What came so far. */
  readonly received: Buffer | undefined;
  /** The request is complete, and no app server is there: how long one is waited for. */
  readonly waitsUntil?: number;
}

export type ClientState =
  | Handshaking
  /** The app server was told; its handshake response is awaited. What others send is held back until then. */
  | {
      readonly name: 'opening';
      readonly deadlineAt: number;
      readonly link: ServerLink;
      readonly held: OutboundRecord[];
      heldBytes: number;
    }
  | { readonly name: 'open'; readonly link: ServerLink }
  /** Its socket was lost; it may come back on a new one (client-protocol 4.2). */
  | { readonly name: 'away'; readonly deadlineAt: number; readonly link: ServerLink }
  /** Everything was written; the peer's end is awaited. */
  | { readonly name: 'closing'; readonly deadlineAt: number }
  | { readonly name: 'closed' };

/** One value for all: a closed connection keeps nothing. */
export const CLOSED: ClientState = { name: 'closed' };
