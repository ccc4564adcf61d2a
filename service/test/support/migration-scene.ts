import type { ServiceMessageOf } from '@signalite/protocol/service';
import { type Service, type ServiceOptions, startService } from 'signalite';
import { expect } from 'vitest';
import { type AppServerOptions, FakeAppServer } from './fake-app-server.ts';
import { RawClient, type RawClientOptions } from './raw-client.ts';
import { RecordedEvents } from './recorded-events.ts';

export const FIN_MIGRATE = { type: 3, values: ['shutdown', 'fin:1'] } as const;
export const FIN_ACK = { type: 3, values: ['shutdown', 'finack'] } as const;

/** A client, and what its first app server was told of it. */
export interface Guest {
  readonly client: RawClient;
  readonly connectionId: string;
  readonly opening: ServiceMessageOf<4>;
}

/** A service with one app server `old` that wants its clients to go on elsewhere, and whoever comes besides. */
export class MigrationScene implements AsyncDisposable {
  readonly service: Service;
  readonly events: RecordedEvents;
  readonly old: FakeAppServer;
  readonly #opened: Disposable[] = [];

  private constructor(service: Service, events: RecordedEvents, old: FakeAppServer) {
    this.service = service;
    this.events = events;
    this.old = old;
  }

  static async start({ server, timers, ...options }: ServiceOptions & { readonly server?: AppServerOptions } = {}) {
    const events = new RecordedEvents();
    const service = await startService({
      host: '127.0.0.1',
      port: 0,
      onEvent: events.listener,
      timers: { sweepMs: 5, migrationDrainMs: 0, ...timers },
      ...options,
    });
    const old = await FakeAppServer.connect(service, { serverId: 'old', migrates: true, ...server });
    return new MigrationScene(service, events, old);
  }

  /** Closed with the scene. */
  add<T extends Disposable>(one: T): T {
    this.#opened.push(one);
    return one;
  }

  /** Another server connection; its server is `new` unless told otherwise. */
  async server(options: AppServerOptions = {}): Promise<FakeAppServer> {
    return this.add(await FakeAppServer.connect(this.service, { serverId: 'new', ...options }));
  }

  /** A client of `old`. */
  async guest(options: RawClientOptions = {}): Promise<Guest> {
    const client = this.add(await RawClient.connect(this.service, options));
    const { connectionId } = client;
    const opening = await this.old.expect(4);
    expect(opening.connectionId).toBe(connectionId);
    return { client, connectionId, opening };
  }

  /** `old` shuts down, and the service has answered. */
  async shutDown(server: FakeAppServer = this.old): Promise<void> {
    server.send(FIN_MIGRATE);
    expect(await server.expect(3)).toEqual(FIN_ACK);
  }

  /** `old` shuts down and gives a client to `server`, which swallows the handshake request. */
  async migrate({ connectionId }: { readonly connectionId: string }, server: FakeAppServer): Promise<void> {
    await this.shutDown();
    expect(await this.old.expect(5)).toMatchObject({ connectionId, headers: [{ name: 'Asrs-Migrate-To' }] });
    expect(await server.expect(4)).toMatchObject({ connectionId });
    expect(await server.expect(6)).toMatchObject({ connectionId });
  }

  /** Both ways between a JSON client and a server work, and nothing else is under way. */
  async expectBothWays({ client, connectionId }: Omit<Guest, 'opening'>, server: FakeAppServer): Promise<void> {
    client.sendText('{"type":6}\x1e');
    expect(await server.messages.next()).toEqual({ type: 6, connectionId, payload: Buffer.from('{"type":6}\x1e') });
    server.sendText(connectionId, '{"type":6}\x1e');
    expect(await client.message()).toEqual({ type: 6 });
    expect(client.frames.rest).toEqual([]);
  }

  /** Nobody hears anything more. */
  async expectSilence(...servers: readonly FakeAppServer[]): Promise<void> {
    for (const server of servers) {
      await server.settled();
      expect(server.messages.rest).toEqual([]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#opened.toReversed()) one[Symbol.dispose]();
    this.old[Symbol.dispose]();
    await this.service.close();
  }
}
