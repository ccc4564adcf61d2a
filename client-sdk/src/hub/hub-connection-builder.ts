import type { HubProtocol } from '@signalite/protocol';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import { createOpenConnection } from '../connection/open-connection.ts';
import { SignalRClientError } from '../errors.ts';
import type { ErrorLog } from './client-methods.ts';
import { HubConnection, type HubConnectionOptions } from './hub-connection.ts';
import type { HubContract, UntypedHubContract } from './hub-contract.ts';
import { jsonProtocol } from './json-protocol.ts';
import { DEFAULT_RETRY_DELAYS_MS, type RetryPolicy, retryAfter } from './retry-policy.ts';

/** Options of stateful reconnect. */
export interface StatefulReconnectOptions {
  /** Bytes of messages kept until the server has them; senders wait when it is reached. Default 100,000. */
  readonly bufferBytes?: number;
}

const DEFAULTS: Omit<HubConnectionOptions, 'open'> = {
  hubProtocol: jsonProtocol,
  serverTimeoutMs: 30_000,
  keepAliveIntervalMs: 15_000,
  bufferBytes: 100_000,
  retryPolicy: undefined,
  log: console,
};

/**
 * Builds a `HubConnection`.
 *
 * ```ts
 * const hub = new HubConnectionBuilder<ChatContract>().withUrl('/chat').withAutomaticReconnect().build();
 * ```
 */
export class HubConnectionBuilder<C extends HubContract = UntypedHubContract> {
  #url: string | undefined;
  #connectionOptions: ConnectionOptions = {};
  #isStateful = false;
  #options = DEFAULTS;

  /** Where the hub is: the address that the app server maps it to, relative ones in browsers. */
  withUrl(url: string, options: ConnectionOptions = {}): this {
    this.#url = url;
    this.#connectionOptions = options;
    return this;
  }

  /** Comes back when the connection is lost: by default after 0, 2, 10 and 30 seconds, then it gives up. */
  withAutomaticReconnect(retry: readonly number[] | RetryPolicy = DEFAULT_RETRY_DELAYS_MS): this {
    return this.#with({ retryPolicy: 'nextDelay' in retry ? retry : retryAfter(retry) });
  }

  /**
   * Outlives a lost socket without a loss of messages, if the server offers it: the connection id stays, and calls go on
   * waiting. WebSockets only.
   */
  withStatefulReconnect({ bufferBytes = DEFAULTS.bufferBytes }: StatefulReconnectOptions = {}): this {
    this.#isStateful = true;
    return this.#with({ bufferBytes });
  }

  /** Another protocol than JSON: `messagePack` from `@signalite/client/messagepack`. */
  withHubProtocol(hubProtocol: HubProtocol): this {
    return this.#with({ hubProtocol });
  }

  /** Milliseconds of silence after which the server is given up. Default 30,000. */
  withServerTimeout(serverTimeoutMs: number): this {
    return this.#with({ serverTimeoutMs });
  }

  /** Milliseconds without other messages after which a ping is sent. Default 15,000. */
  withKeepAliveInterval(keepAliveIntervalMs: number): this {
    return this.#with({ keepAliveIntervalMs });
  }

  /** Takes what handlers and callbacks throw. Default: `console`. */
  withLog(log: ErrorLog): this {
    return this.#with({ log });
  }

  build(): HubConnection<C> {
    if (!this.#url) throw new SignalRClientError('invalid-options', 'Say where the hub is: withUrl().');
    return new HubConnection<C>({
      ...this.#options,
      open: createOpenConnection(this.#url, { ...this.#connectionOptions, useStatefulReconnect: this.#isStateful }),
    });
  }

  #with(options: Partial<HubConnectionOptions>): this {
    this.#options = { ...this.#options, ...options };
    return this;
  }
}
