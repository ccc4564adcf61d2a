import { type Service, type ServiceOptions, startService } from 'signalite';
import { expect } from 'vitest';
import type { Clock } from './clock.ts';
import type { EventStream } from './event-stream.ts';
import { type AppServerOptions, FakeAppServer } from './fake-app-server.ts';
import { HANDSHAKE, HttpClient } from './http-client.ts';
import type { RawClientOptions } from './raw-client.ts';
import { RecordedEvents } from './recorded-events.ts';

export interface HttpSceneOptions extends ServiceOptions {
  readonly server?: AppServerOptions;
}

/** For tests that move the clock: app servers stay however silent, and see each sweep by a ping. */
export const CLOCKED = { serverPingMs: 1, serverSilenceMs: 3_600_000 };

/** A service with one app server, for clients without WebSocket. */
export class HttpScene implements AsyncDisposable {
  readonly service: Service;
  readonly events: RecordedEvents;
  readonly server: FakeAppServer;
  readonly #streams: EventStream[] = [];

  private constructor(service: Service, events: RecordedEvents, server: FakeAppServer) {
    this.service = service;
    this.events = events;
    this.server = server;
  }

  static async start({ server: serverOptions, timers, ...options }: HttpSceneOptions = {}): Promise<HttpScene> {
    const events = new RecordedEvents();
    const service = await startService({
      host: '127.0.0.1',
      port: 0,
      onEvent: events.listener,
      timers: { sweepMs: 5, ...timers },
      ...options,
    });
    return new HttpScene(service, events, await FakeAppServer.connect(service, serverOptions));
  }

  negotiate(options: RawClientOptions = {}): Promise<HttpClient> {
    return HttpClient.negotiate(this.service, options);
  }

  /** A long-polling client that did its handshake; it has no poll pending. */
  async polling(options: RawClientOptions = {}): Promise<HttpClient> {
    const client = await this.negotiate(options);
    expect((await client.poll()).status).toBe(200);
    expect((await client.post(handshakeOf(options))).status).toBe(200);
    expect((await client.poll()).text).toBe('{}\x1e');
    await this.server.expect(4);
    return client;
  }

  /** A client of server-sent events that did its handshake. */
  async streaming(options: RawClientOptions = {}): Promise<{ client: HttpClient; stream: EventStream }> {
    const client = await this.negotiate(options);
    const stream = await this.stream(client);
    expect((await client.post(handshakeOf(options))).status).toBe(200);
    const expected = ':\r\ndata: {}\x1e\r\n\r\n';
    expect(await stream.read(expected.length)).toBe(expected);
    await this.server.expect(4);
    return { client, stream };
  }

  /** Opens the stream of a client; it is dropped with the scene. */
  async stream(client: HttpClient): Promise<EventStream> {
    const stream = await client.events();
    this.#streams.push(stream);
    return stream;
  }

  /** Moves the clock, and resolves when the service has looked at its deadlines then. Needs `CLOCKED`. */
  async pass(clock: Clock, milliseconds: number): Promise<void> {
    // The sweep right after a leap takes the process for one that stood still, and spares those who knock.
    for (const step of [milliseconds - 1, 1]) {
      clock.advance(step);
      await this.server.keepAlives.next();
    }
  }

  /** The app server hears once that a client is gone, and nothing more. */
  async expectToldOnce({ connectionId }: HttpClient, error = ''): Promise<void> {
    expect(await this.server.expect(5)).toMatchObject({ connectionId, error });
    await this.expectToldNothing();
  }

  async expectToldNothing(): Promise<void> {
    await this.server.settled();
    expect(this.server.messages.rest).toEqual([]);
  }

  /** Why clients ended so far. */
  get closeCategories(): string[] {
    return this.events.of('clientClosed').map(({ category }) => category);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) stream[Symbol.dispose]();
    this.server[Symbol.dispose]();
    await this.service.close();
  }
}

function handshakeOf({ protocol }: RawClientOptions): string {
  return protocol === undefined ? HANDSHAKE : `${JSON.stringify({ protocol, version: 1 })}\x1e`;
}
