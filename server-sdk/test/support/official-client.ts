import type { HubConnection, IHubProtocol } from '@microsoft/signalr';
import * as signalr10 from '@microsoft/signalr';
import * as messagePack10 from '@microsoft/signalr-protocol-msgpack';
import * as signalr6 from 'signalr-6';
import * as signalr8 from 'signalr-8';
import * as messagePack6 from 'signalr-msgpack-6';
import * as messagePack8 from 'signalr-msgpack-8';

// The released JavaScript client, in the versions that are in use.

export const CLIENT_VERSIONS = [10, 8, 6] as const;
export type ClientVersion = (typeof CLIENT_VERSIONS)[number];
export type ClientProtocol = 'json' | 'messagepack';

interface Library {
  readonly build: (url: string, protocol: ClientProtocol, reconnects: boolean) => HubConnection;
  /** With stateful reconnect, and no other; from version 8 on. */
  readonly buildStateful: (url: string, protocol: ClientProtocol) => HubConnection;
  readonly newSubject: () => signalr10.Subject<unknown>;
}

/** The parts of one version that are used here; they have not changed from 6 to 10. */
interface Parts {
  readonly signalr: Pick<typeof signalr10, 'HubConnectionBuilder' | 'JsonHubProtocol' | 'LogLevel' | 'Subject'>;
  readonly MessagePackHubProtocol: new () => IHubProtocol;
}

function library({ signalr, MessagePackHubProtocol }: Parts): Library {
  const builderOf = (url: string, protocol: ClientProtocol) =>
    new signalr.HubConnectionBuilder()
      .withUrl(url)
      .withHubProtocol(protocol === 'json' ? new signalr.JsonHubProtocol() : new MessagePackHubProtocol())
      .configureLogging(signalr.LogLevel.None);
  return {
    build(url, protocol, reconnects) {
      const builder = builderOf(url, protocol);
      return (reconnects ? builder.withAutomaticReconnect([0, 100, 500, 1000]) : builder).build();
    },
    buildStateful: (url, protocol) => builderOf(url, protocol).withStatefulReconnect().build(),
    newSubject: () => new signalr.Subject<unknown>(),
  };
}

// The types of the versions differ in private members only.
export const CLIENTS: Readonly<Record<ClientVersion, Library>> = {
  10: library({ signalr: signalr10, MessagePackHubProtocol: messagePack10.MessagePackHubProtocol }),
  8: library({
    signalr: signalr8 as unknown as Parts['signalr'],
    MessagePackHubProtocol: messagePack8.MessagePackHubProtocol as unknown as Parts['MessagePackHubProtocol'],
  }),
  6: library({
    signalr: signalr6 as unknown as Parts['signalr'],
    MessagePackHubProtocol: messagePack6.MessagePackHubProtocol as unknown as Parts['MessagePackHubProtocol'],
  }),
};

/** Calls of one client method, awaited one by one. */
export class Calls {
  readonly #got: unknown[][] = [];
  #wake: (() => void) | undefined;

  constructor(connection: HubConnection, method: string) {
    connection.on(method, (...args: unknown[]) => {
      this.#got.push(args);
      this.#wake?.();
    });
  }

  get count(): number {
    return this.#got.length;
  }

  /** The next call's arguments; fails after five seconds. */
  async next(): Promise<unknown[]> {
    const deadline = Date.now() + 5000;
    for (;;) {
      const first = this.#got.shift();
      if (first !== undefined) return first;
      await this.#arrival(deadline - Date.now());
    }
  }

  #arrival(leftMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no call came in time')), Math.max(0, leftMs));
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
