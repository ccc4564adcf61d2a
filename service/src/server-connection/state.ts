// The life of a server connection:
//
//   handshaking ──► open ──► closing ──► closed
//        └──────────────────────┴──────► closed (the peer is gone)

import type { MigrationLevel, ServerConnectionType } from '@signalite/protocol/service';
import type { ClientMigration } from './client-migration.ts';

/** What a server connection announced in its handshake. */
export interface ServerTraits {
  readonly type: ServerConnectionType;
  /** SDKs that write seven elements know flow control and fragments, and send whole messages (service-protocol 10.2). */
  readonly generation: 'old' | 'new';
  readonly migrationLevel: MigrationLevel;
  readonly allowStatefulReconnects: boolean;
}

/** What becomes of the clients of a connection that shuts down: they stay as long as they like, or go on elsewhere. */
export type Leaving =
  | { readonly clients: 'stay' }
  | { readonly clients: 'migrate'; readonly migration: ClientMigration };

export type ServerState =
  | { readonly name: 'handshaking'; readonly deadlineAt: number }
  /** `leaving`: it announced its shutdown and takes no new clients. */
  | { readonly name: 'open'; readonly traits: ServerTraits; readonly leaving: Leaving | undefined }
  | { readonly name: 'closing'; readonly deadlineAt: number }
  | { readonly name: 'closed' };
