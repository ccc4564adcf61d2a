// The parts of one hub that need no socket, put together: methods, clients, sends, and what is awaited.
import { ClientConnections } from './client-connection/client-connections.ts';
import { HubProtocols } from './client-connection/hub-protocols.ts';
import { ClientResults } from './hub/client-results.ts';
import { HubDispatcher } from './hub/hub-dispatcher.ts';
import type { ShutdownHook } from './hub/hub-extensions.ts';
import { HubSender } from './hub/hub-sender.ts';
import { MethodTable } from './hub/method-table.ts';
import { type HubEntry, registrationOf } from './hub-registration.ts';
import type { Logger } from './log/logger.ts';
import type { HubAdmission } from './negotiate/client-identity.ts';
import type { HubDefaults, ResolvedHubOptions } from './options.ts';
import { resolveHubOptions } from './resolve-options.ts';
import { Acks } from './server-connection/acks.ts';
import { Fragments } from './server-connection/fragments.ts';
import { MessageTracing } from './server-connection/message-tracing.ts';
import type { Outlets } from './server-connection/outlet.ts';

/** What a hub is made of. */
export interface HubCoreParts {
  /** Name for the service: application and hub, in lower case. */
  readonly key: string;
  readonly entry: HubEntry;
  /** Options of all hubs; the entry's own come first, its filters after. */
  readonly defaults: HubDefaults;
  readonly outlets: Outlets;
  readonly serverName: string;
  readonly now: () => number;
  readonly log: Logger;
}

/** One hub, apart from its server connections. */
export interface HubCore {
  readonly options: ResolvedHubOptions;
  readonly admission: HubAdmission;
  readonly onShutdown: ShutdownHook | undefined;
  readonly protocols: HubProtocols;
  readonly clients: ClientConnections;
  readonly fragments: Fragments;
  readonly sender: HubSender;
  readonly acks: Acks;
  readonly results: ClientResults;
  readonly tracing: MessageTracing;
  /** Once a second. */
  readonly sweep: () => void;
}

/** Throws a `SignalRServerError` (`invalid-options`, `invalid-hub`). */
export function createHubCore({ key, entry, defaults, outlets, serverName, now, log }: HubCoreParts): HubCore {
  const { hub, create, authorize, filters: ownFilters = [], ...own } = registrationOf(entry);
  const admission = { authorize, userIdProvider: own.userIdProvider ?? defaults.userIdProvider };
  const filters = [...(defaults.filters ?? []), ...ownFilters];
  const onShutdown = own.onShutdown ?? defaults.onShutdown;
  const options = resolveHubOptions(defaults, own);
  const protocols = new HubProtocols(options.supportedProtocols, options.maximumReceiveMessageSize);
  const acks = new Acks(now);
  const tracing = new MessageTracing();
  const results = new ClientResults({ serverName, timeoutMs: options.clientResultTimeoutMs, now });
  const findClient = (connectionId: string) => clients.findLocal(connectionId);
  const senderParts = { outlets, protocols, acks, results, findClient };
  const sender = new HubSender({ ...senderParts, tracing });
  const diagnosticSender = new HubSender({ ...senderParts, tracing: tracing.always });
  const methods = new MethodTable(hub, filters);
  const dispatcher = new HubDispatcher({ methods, create, filters, results, options, log });
  const fragments = new Fragments();
  const parts = { hub: key, options, protocols, dispatcher, sender, diagnosticSender, results, log };
  const clients = new ClientConnections(parts, fragments);
  const sweep = () => {
    clients.sweep();
    acks.expire();
    results.expire();
  };
  return { options, admission, onShutdown, protocols, clients, fragments, sender, acks, results, tracing, sweep };
}
