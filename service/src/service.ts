import type { KeyChange } from './config/access-key.ts';
import { connectionStringOf, entraConnectionStringOf } from './config/endpoints.ts';
import type { ServiceModeName } from './config/service-mode-name.ts';
import type { ServiceOptions } from './config/service-options.ts';
import type { UpstreamTemplate } from './config/upstream-settings.ts';
import { createPlainResource, type PlainResource, withKeys, withUpstream } from './resources/plain-resource.ts';

/** A running service. */
export interface Service {
  /** What app servers and clients are given. Holds the primary key in force. */
  readonly connectionString: string;
  /** For app servers that sign in with Microsoft Entra ID; undefined when their tokens are not accepted. */
  readonly entraConnectionString: string | undefined;
  /** `http://localhost:8888`, with the real port. */
  readonly url: string;
  readonly port: number;
  readonly serviceMode: ServiceModeName;
  /** Connected clients, and server connections. */
  readonly counts: { readonly clients: number; readonly serverConnections: number };
  /**
   * Sends events of clients elsewhere from now on, in Serverless mode; replaces all templates.
   *
   * @throws ServiceStartError when a template cannot be used; nothing has changed then.
   */
  changeUpstream(templates: readonly UpstreamTemplate[]): void;
  /**
   * Changes access keys from now on. Tokens of a new key are good at once, those of a key that is no longer there are
   * refused (401). Connections that are open stay, and keys that were handed out go on to be valid.
   *
   * @throws ServiceStartError when a key cannot be used: each needs 32 bytes. Nothing has changed then.
   */
  changeKeys(keys: KeyChange): void;
  /**
   * Asks every app server of a hub for one more server connection, as the service does by itself when all of them are
   * full (`limits.clientsPerServerConnection`). App servers may refuse. Gives how many were asked. For tests of app servers.
   */
  requestServerConnections(hub: string): number;
  /** Stops gracefully: clients are told to come back, within `timers.stopMs`. Safe to call again. */
  close(): Promise<void>;
  /** Ends every socket at once, without a word to anybody; new ones are taken until `close()`. For tests of reconnect. */
  drop(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a service in this process, with everything in memory.
 *
 * @throws ServiceStartError when an option cannot be used or the port cannot be bound; its text says what to do.
 */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const plain = createPlainResource(options);
  if (options.onEvent !== undefined) plain.entry.events.subscribe(options.onEvent);
  await plain.entry.start();
  return serviceOf(plain);
}

/** What a process sees of the resource that it started. `entry` runs. */
export function serviceOf({ entry, shared, endpoints }: PlainResource): Service {
  const { url = '', record, settings } = entry;
  const { serviceMode } = settings.current;
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= entry.stop();
    return closing;
  };
  return {
    get connectionString() {
      return connectionStringOf(url, settings.current.primaryKey, endpoints);
    },
    entraConnectionString: shared.entra === undefined ? undefined : entraConnectionStringOf(url, endpoints),
    url,
    port: record.port,
    serviceMode,
    get counts() {
      return entry.counts;
    },
    changeUpstream(templates) {
      entry.replaceSettings({ ...entry.record, properties: withUpstream(entry.record.properties, templates) });
    },
    changeKeys(keys) {
      if (keys.primaryKey === undefined && keys.secondaryKey === undefined) return;
      entry.replaceSettings(withKeys(entry.record, keys, { host: shared.host, endpoints }));
    },
    close,
    requestServerConnections: (hub) => entry.resource?.requestServerConnections(hub) ?? 0,
    drop: () => entry.drop(),
    [Symbol.asyncDispose]: close,
  };
}
