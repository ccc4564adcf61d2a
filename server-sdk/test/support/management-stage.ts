import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import {
  createManagementClient,
  Hub,
  type ManagementClient,
  type ManagementOptions,
  type ManagementTransport,
  withAzureSignalR,
} from '@signalite/server';
import type { ServiceModeName } from 'signalite';
import { FetchHttpClient } from './fetch-http-client.ts';
import { Inbox } from './inbox.ts';
import { LineLog } from './line-log.ts';
import { openTestService, type TestService } from './test-service.ts';

export type ClientProtocol = 'json' | 'messagepack';

/** A released client, and what it heard. */
export interface HearingClient {
  readonly connection: HubConnection;
  readonly connectionId: string;
  readonly heard: Inbox<readonly unknown[]>;
  /** The error text that ended it. */
  readonly closed: Promise<string>;
}

class ChatHub extends Hub {}

/** A service, an app server where the mode wants one, and management clients of the hub `chat`. */
export class ManagementStage {
  readonly log = new LineLog();
  readonly management: ManagementClient;
  readonly #service: TestService;
  readonly #transport: ManagementTransport;
  readonly #ends: (() => Promise<void>)[] = [];
  readonly #clients: HubConnection[] = [];
  #names = 0;

  private constructor(service: TestService, transport: ManagementTransport) {
    this.#service = service;
    this.#transport = transport;
    this.management = this.manage();
  }

  static async open(serviceMode: ServiceModeName, transport: ManagementTransport): Promise<ManagementStage> {
    const service = await openTestService(serviceMode);
    const stage = new ManagementStage(service, transport);
    stage.#ends.push(() => service.close());
    if (serviceMode === 'Default') await stage.#startApp();
    return stage;
  }

  /** Keeps what happens here apart from everything else on the service. */
  get applicationName(): string {
    return this.#service.applicationName;
  }

  /** One more management client; it is closed with the stage. */
  manage(options: Partial<ManagementOptions> = {}): ManagementClient {
    const management = createManagementClient({
      connectionString: this.#service.connectionString,
      applicationName: this.applicationName,
      hub: 'chat',
      transport: this.#transport,
      logger: this.log,
      ...options,
    });
    this.#ends.unshift(() => management.close());
    return management;
  }

  /** A name that nobody used before, with everything in it that URLs mean something by. */
  name(kind: string): string {
    this.#names += 1;
    return `${kind} ${this.#names} a/b?c#d%2Fe%ü+&=:send😀`;
  }

  /** A client that negotiates with the management client, and hears `heard`. */
  async connect(protocol: ClientProtocol, userId?: string, management = this.management): Promise<HearingClient> {
    const { url, accessToken } = await management.negotiate(userId === undefined ? {} : { userId });
    const builder = new HubConnectionBuilder()
      .withUrl(url, { httpClient: new FetchHttpClient(), accessTokenFactory: () => accessToken })
      .configureLogging(LogLevel.None);
    if (protocol === 'messagepack') builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    const heard = new Inbox<readonly unknown[]>(`client of ${protocol}`);
    connection.on('heard', (...args: unknown[]) => heard.push(args));
    const closed = new Promise<string>((resolve) => connection.onclose((error) => resolve(error?.message ?? '')));
    this.#clients.push(connection);
    await connection.start();
    return { connection, connectionId: connection.connectionId ?? '', heard, closed };
  }

  /** One client of each hub protocol. */
  pair(userId?: string): Promise<[HearingClient, HearingClient]> {
    return Promise.all([this.connect('json', userId), this.connect('messagepack', userId)]);
  }

  /** What each client heard up to now: everything that was sent before is in it. */
  async heardBy(...clients: readonly HearingClient[]): Promise<unknown[][]> {
    return Promise.all(clients.map((client) => this.#heardBy(client)));
  }

  /** Ends the clients of one case. */
  async clear(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((connection) => connection.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clear();
    for (const end of this.#ends) await end();
  }

  async #heardBy({ connectionId, heard }: HearingClient): Promise<unknown[]> {
    await this.management.clients.client(connectionId).send('heard', 'that is all');
    const before: unknown[] = [];
    for (;;) {
      const args = await heard.take();
      if (args[0] === 'that is all') return before;
      before.push(args[0]);
    }
  }

  async #startApp(): Promise<void> {
    const app = withAzureSignalR({
      connectionString: this.#service.connectionString,
      applicationName: this.applicationName,
      hubs: { chat: ChatHub },
      serverConnectionCount: 2,
      logger: this.log,
    });
    await app.start();
    this.#ends.unshift(() => app.close());
  }
}
