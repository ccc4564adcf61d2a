import type { DecodedHubMessage, HubMessage } from '@signalite/protocol';
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { type Service, type ServiceOptions, startService } from 'signalite';
import type { Clock } from './clock.ts';
import { type AppServerOptions, FakeAppServer } from './fake-app-server.ts';
import { messagesIn } from './hub-messages.ts';
import { RecordedEvents } from './recorded-events.ts';
import { type HubSocket, StatefulClient, type StatefulClientOptions } from './stateful-client.ts';

export interface StatefulSceneOptions extends ServiceOptions {
  readonly server?: AppServerOptions;
  readonly client?: StatefulClientOptions;
}

/** An app server with which a client may come back. */
export const ALLOWS: AppServerOptions = { allowsStatefulReconnects: true };

/** A service, an app server that allows stateful reconnect, and a client that uses it. */
export class StatefulScene implements AsyncDisposable {
  readonly service: Service;
  readonly events: RecordedEvents;
  readonly server: FakeAppServer;
  readonly client: StatefulClient;
  /** The client's first socket. */
  readonly socket: HubSocket;
  readonly #isText: boolean;

  private constructor(
    place: { service: Service; events: RecordedEvents; server: FakeAppServer },
    { client, socket }: { client: StatefulClient; socket: HubSocket },
    isText: boolean,
  ) {
    this.service = place.service;
    this.events = place.events;
    this.server = place.server;
    this.client = client;
    this.socket = socket;
    this.#isText = isText;
  }

  static async start({ server: serverOptions, client, timers, ...options }: StatefulSceneOptions = {}) {
    const events = new RecordedEvents();
    const service = await startService({
      host: '127.0.0.1',
      port: 0,
      onEvent: events.listener,
      // Tests that move the clock see each sweep by a ping, and app servers stay however silent.
      timers: { sweepMs: 5, serverPingMs: 1, serverSilenceMs: 100_000_000, ...timers },
      ...options,
    });
    const server = await FakeAppServer.connect(service, { ...ALLOWS, ...serverOptions });
    const place = { service, events, server };
    const scene = new StatefulScene(
      place,
      await StatefulClient.connect(service, client),
      (client?.protocol ?? 'json') === 'json',
    );
    await server.expect(4);
    return scene;
  }

  get connectionId(): string {
    return this.client.connectionId;
  }

  /** Cuts the client's socket, and resolves when the service has noticed. */
  async cut(socket: HubSocket): Promise<void> {
    socket.cut();
    await this.events.next('clientAway');
    // The hub counts the client's silence from now on.
    const [ping] = await this.heard(1);
    if (ping?.type !== 6) throw new Error(`expected a ping, not ${JSON.stringify(ping)}`);
  }

  /** Opens another socket, says where the client goes on, and resolves when the app server was told of it. */
  async comeBack(sequenceId: number): Promise<HubSocket> {
    const socket = await this.client.open();
    socket.send({ type: 9, sequenceId });
    await this.server.expect(38);
    return socket;
  }

  /** The next hub messages of the client at the app server. */
  async heard(count: number): Promise<DecodedHubMessage[]> {
    const heard: DecodedHubMessage[] = [];
    while (heard.length < count) {
      const { payload } = await this.server.expect(6);
      heard.push(...messagesIn({ data: Buffer.from(payload), isBinary: !this.#isText }));
    }
    return heard;
  }

  /** Data of the app server for the client, one message in each ConnectionData. */
  say(...messages: readonly HubMessage[]): void {
    const protocol = this.#isText ? jsonHubProtocol : messagePackHubProtocol;
    const { connectionId } = this;
    this.server.send(
      ...messages.map((message) => ({ type: 6, connectionId, payload: protocol.encode(message) }) as const),
    );
  }

  /** Moves the clock, and resolves when the service has looked at its deadlines. */
  async pass(clock: Clock, milliseconds: number): Promise<void> {
    // The sweep after a leap takes the process for one that stood still.
    for (const step of [milliseconds - 1, 1]) {
      clock.advance(step);
      await this.server.keepAlives.next();
    }
  }

  /** The app server hears nothing of the client any more, but what was expected. */
  async expectNothingMore(): Promise<void> {
    await this.server.settled();
    if (this.server.messages.rest.length > 0) throw new Error(JSON.stringify(this.server.messages.rest));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client[Symbol.dispose]();
    this.server[Symbol.dispose]();
    await this.service.close();
  }
}
