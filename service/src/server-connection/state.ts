// The life of a server connection:
//
//   handshaking ──► open ──► closing ──► closed
//        └──────────────────────┴──────► closed (the peer is gone)

import type { MigrationLevel, ServerConnectionType } from '@signalite/protocol/service';

/** What a server connection announced in its handshake. */
export interface ServerTraits {
  readonly type: ServerConnectionType;
  /** SDKs that write seven elements know flow control and fragments, and send whole messages (service-protocol 10.2). */
  readonly generation: 'old' | 'new';
  readonly migrationLevel: MigrationLevel;
  readonly allowStatefulReconnects: boolean;
}

export type ServerState =
  | { readonly name: 'handshaking'; readonly deadlineAt: number }
  /** `isLeaving`: it announced its shutdown and takes no new clients. */
  | { readonly name: 'open'; readonly traits: ServerTraits; readonly isLeaving: boolean }
  | { readonly name: 'closing'; readonly deadlineAt: number }
  | { readonly name: 'closed' };
