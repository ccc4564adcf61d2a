import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineMethods, Hub, type HubMethods, type SignalROptions, withAzureSignalR } from '@signalite/server';
import type { Service } from 'signalite';

export interface DiaryContract {
  server: {
    say(n: number, padding: string): void;
    double(n: number): number;
    count(to: number): AsyncIterable<number>;
    sum(items: AsyncIterable<number>): number;
    join(group: string): void;
    park(): string;
    abort(): void;
  };
  client: {
    heard(n: number, padding: string): void;
  };
}

/** What a hub was told, by connection id. */
export class Diary {
  readonly said = new Map<string, number[]>();
  readonly connected: string[] = [];
  readonly disconnected: string[] = [];
  /** Lets all parked calls go. */
  release: () => void = () => undefined;
  readonly released = new Promise<void>((resolve) => {
    this.release = resolve;
  });

  /** All that one client said, in order. */
  of(connectionId: string | null): readonly number[] {
    return this.said.get(connectionId ?? '') ?? [];
  }
}

/** A hub that writes down what it is told. */
function diaryHub(diary: Diary) {
  return class DiaryHub extends Hub<DiaryContract> implements HubMethods<DiaryContract> {
    static readonly methods = defineMethods<DiaryHub>({ sum: { streams: [0] } });

    override onConnected(): void {
      diary.connected.push(this.context.connectionId);
      diary.said.set(this.context.connectionId, []);
    }

    override onDisconnected(): void {
      diary.disconnected.push(this.context.connectionId);
    }

    say(n: number, _padding: string): void {
      diary.said.get(this.context.connectionId)?.push(n);
    }

    double(n: number): number {
      return 2 * n;
    }

    async *count(to: number): AsyncGenerator<number> {
      for (let n = 0; n < to; n++) {
        yield n;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }

    async sum(items: AsyncIterable<number>): Promise<number> {
      let sum = 0;
      for await (const item of items) sum += item;
      return sum;
    }

    join(group: string): Promise<void> {
      return this.groups.add(this.context.connectionId, group);
    }

    /** Answers when the diary says so. */
    async park(): Promise<string> {
      await diary.released;
      return 'released';
    }

    abort(): void {
      this.context.abort();
    }
  };
}

export interface DiaryAppOptions extends Partial<SignalROptions> {
  /** Of the negotiate server. Default: any. */
  readonly port?: number;
  /** Where clients go for the service. Default: straight to it. */
  readonly clientEndpoint?: string;
  /** Where the app server goes for the service. Default: straight to it. */
  readonly serverEndpoint?: string;
}

const silent = () => undefined;

/** An app server whose hub keeps a diary. */
export async function startDiaryApp(service: Service, { port = 0, ...options }: DiaryAppOptions = {}) {
  const { clientEndpoint, serverEndpoint, ...signalROptions } = options;
  const diary = new Diary();
  const signalr = withAzureSignalR({
    connectionString: [
      service.connectionString.replace(/;$/, ''),
      ...(clientEndpoint === undefined ? [] : [`ClientEndpoint=${clientEndpoint}`]),
      ...(serverEndpoint === undefined ? [] : [`ServerEndpoint=${serverEndpoint}`]),
    ].join(';'),
    hubs: { DiaryHub: diaryHub(diary) },
    serverConnectionCount: 1,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    ...signalROptions,
  });
  await signalr.start();
  const server = createServer(signalr.negotiateListener('DiaryHub'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const stopListening = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${address.port}/diary`,
    port: address.port,
    diary,
    clients: signalr.hub('DiaryHub').clients,
    stopListening,
    /** Leaves in order. */
    async [Symbol.asyncDispose]() {
      await stopListening();
      await signalr.close();
    },
  };
}
