import type { ClientResults } from '../hub/client-results.ts';
import type { HubDispatcher } from '../hub/hub-dispatcher.ts';
import type { HubSender } from '../hub/hub-sender.ts';
import type { Logger } from '../log/logger.ts';
import type { ResolvedHubOptions } from '../options.ts';
import type { HubProtocols } from './hub-protocols.ts';

/** A client as the registry of its hub sees it. */
export interface RegisteredClient {
  readonly connectionId: string;
  /** Looks at deadlines and pings. */
  sweep(): void;
}

/** What the clients of one hub share. */
export interface ClientEnvironment {
  readonly hub: string;
  readonly options: ResolvedHubOptions;
  readonly protocols: HubProtocols;
  readonly dispatcher: HubDispatcher;
  readonly sender: HubSender;
  /** Gives each message an id for the service's log. */
  readonly diagnosticSender: HubSender;
  readonly results: ClientResults;
  readonly log: Logger;
  /** Seconds since the hub started. */
  readonly clock: { readonly tick: number };
  /** The client that is being read right now, if any. */
  reading: RegisteredClient | undefined;
  /** The client can be reached no more; `onDisconnected` may still have to run. */
  readonly unreachable: (client: RegisteredClient) => void;
  readonly closed: (client: RegisteredClient) => void;
}
