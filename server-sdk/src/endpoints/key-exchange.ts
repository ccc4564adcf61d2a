// Keys for client tokens that come over server connections (service-protocol 11).
import type { ServiceMessageOf } from '@signalite/protocol/service';
import { keyRefused, keyRequestFailed } from '../log/events.ts';
import type { Logger } from '../log/logger.ts';
import type { ServerConnection } from '../server-connection/server-connection.ts';
import type { IssuedKeys } from './endpoint-tokens.ts';

/** How often a key is asked for on each server connection. */
const REQUEST_INTERVAL_MS = 600_000;

/** Asks for keys on every server connection of an endpoint that the app signed in to with Microsoft Entra. */
export class KeyExchange {
  readonly #keys: IssuedKeys;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #askedAt = new WeakMap<ServerConnection, number>();

  constructor(keys: IssuedKeys, log: Logger, now: () => number) {
    this.#keys = keys;
    this.#log = log;
    this.#now = now;
  }

  /** Asks on those that were never asked, or long ago. */
  sweep(connections: Iterable<ServerConnection>): void {
    const now = this.#now();
    for (const connection of connections) {
      const askedAt = this.#askedAt.get(connection) ?? Number.NEGATIVE_INFINITY;
      if (!connection.isOpen || now - askedAt < REQUEST_INTERVAL_MS) continue;
      this.#askedAt.set(connection, now);
      this.#keys
        .bearer()
        .then((token) => connection.append({ type: 28, token }))
        .catch((error: unknown) => keyRequestFailed(this.#log, connection.name, error));
    }
  }

  /** The service answered. */
  answered({ accessKey, errorMessage, errorType, kid }: ServiceMessageOf<29>, connection: ServerConnection): void {
    if (kid && accessKey) this.#keys.accept({ keyId: kid, accessKey });
    else keyRefused(this.#log, connection.name, errorMessage ?? errorType ?? 'It gave no reason.');
  }
}
