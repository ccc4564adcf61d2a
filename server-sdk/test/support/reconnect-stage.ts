import { type Service, startService } from 'signalite';
import { type DiaryAppOptions, startDiaryApp } from './diary-app.ts';
import { ObservedClient, type Reconnect, type TransportName } from './observed-client.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** The group that every client is in, at first. */
export const GROUP = 'readers';

// Who is back before the app server waits for it. Refused at its hub handshake, the released client may leave a rejection
// that nobody handles, and tries again.
const PATIENT = { serverWaitMs: 10_000 };

type DiaryApp = Awaited<ReturnType<typeof startDiaryApp>>;

/** A service, an app server, and both networks: all of it can be broken and started again. */
export class ReconnectStage implements AsyncDisposable {
  readonly clients: ObservedClient[] = [];
  service: Service;
  app: DiaryApp;
  /** Between clients and the service. */
  readonly network: TcpProxy;
  /** Between the app server and the service. */
  #backend: TcpProxy;

  private constructor(service: Service, network: TcpProxy, backend: TcpProxy, app: DiaryApp) {
    this.service = service;
    this.network = network;
    this.#backend = backend;
    this.app = app;
  }

  static async start(): Promise<ReconnectStage> {
    const service = await startService({ host: '127.0.0.1', port: 0, timers: PATIENT });
    const network = await TcpProxy.to(service.port);
    const backend = await TcpProxy.to(service.port);
    return new ReconnectStage(service, network, backend, await startApp(service, network, backend));
  }

  async connect(transport: TransportName, reconnect: Reconnect): Promise<ObservedClient> {
    const client = new ObservedClient(this.app.url, transport, reconnect);
    await client.start(GROUP);
    this.clients.push(client);
    return client;
  }

  cutNetwork(): void {
    this.network.cut();
  }

  /** The hub ends every client. */
  async abortClients(): Promise<void> {
    // Nobody answers: the end comes first.
    await Promise.all(this.clients.map(({ connection }) => connection.invoke('abort').catch(() => undefined)));
  }

  async killService(): Promise<void> {
    this.service.drop();
    await this.service.close();
    await this.#startServiceAgain();
  }

  async stopService(): Promise<void> {
    await this.service.close();
    await this.#startServiceAgain();
  }

  async killApp(): Promise<void> {
    const { app } = this;
    await this.#backend[Symbol.asyncDispose]();
    await app.stopListening();
    await this.#startAppAgain(app);
    await app[Symbol.asyncDispose]();
  }

  async stopApp(): Promise<void> {
    const { app } = this;
    await app[Symbol.asyncDispose]();
    await this.#startAppAgain(app);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.connection.stop()));
    await this.app[Symbol.asyncDispose]();
    await this.network[Symbol.asyncDispose]();
    await this.#backend[Symbol.asyncDispose]();
    await this.service.close();
  }

  async #startServiceAgain(): Promise<void> {
    this.service = await startService({ host: '127.0.0.1', port: this.service.port, timers: PATIENT });
  }

  async #startAppAgain({ port }: DiaryApp): Promise<void> {
    this.#backend = await TcpProxy.to(this.service.port);
    this.app = await startApp(this.service, this.network, this.#backend, { port });
  }
}

function startApp(
  service: Service,
  network: TcpProxy,
  backend: TcpProxy,
  options: DiaryAppOptions = {},
): Promise<DiaryApp> {
  return startDiaryApp(service, {
    allowStatefulReconnects: true,
    clientEndpoint: network.url,
    serverEndpoint: backend.url,
    shutdownTimeoutMs: 2000,
    // A parked call does not hold up those behind it.
    maximumParallelInvocationsPerClient: 10,
    ...options,
  });
}
