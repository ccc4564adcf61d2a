import type { ResultOutcome } from '../hub/client-results.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import type { ResultAddress } from '../hub/server-link.ts';
import type { CloseReason } from '../lifetime/close-reasons.ts';
import type { IncomingLink } from './client-links.ts';
import type { IgnoredMessages } from './ignored-messages.ts';
import type { ServerContext, ServerIdentity } from './server-context.ts';
import type { ServerOutbox } from './server-outbox.ts';
import type { ServerState, ServerTraits } from './state.ts';

/** A server connection as the handlers of its messages see it. */
export interface MessageHost {
  readonly identity: ServerIdentity;
  readonly context: ServerContext;
  readonly outbox: ServerOutbox;
  readonly ignored: IgnoredMessages;
  readonly lane: HubLane;
  readonly state: ServerState;
  readonly clientCount: number;
  /** It shuts down, and its clients go on with other app servers. */
  readonly hasGivenClientsAway: boolean;
  link(connectionId: string): IncomingLink | undefined;
  /** The app server paused a client; false when nobody asked it to. */
  pauseAnswered(connectionId: string): boolean;
  /** Ends all clients while the connection goes on. */
  dismissClients(reason: CloseReason): void;
  opened(traits: ServerTraits): void;
  /** No new clients from now on. */
  leave(): void;
  /** Its clients go on with other app servers, now or as soon as they can. */
  migrateClients(): void;
  /** Tells the app server how a client result that it asked for ended. */
  answerResult(address: ResultAddress, outcome: ResultOutcome): void;
  close(log: string, clients: CloseReason, error?: string): void;
}
