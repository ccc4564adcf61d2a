import { type DecodedServiceMessage, ServiceMessageReader } from '@signalite/protocol/service';
import { expect } from 'vitest';
import { Clock } from './clock.ts';
import type { FakeAppServer } from './fake-app-server.ts';
import { takeFootprint, untilBackTo } from './footprint.ts';
import { httpRequest } from './http-request.ts';
import { CLOCKED, HttpScene, type HttpSceneOptions } from './http-scene.ts';
import { clientToken } from './raw-client.ts';

/** Connections that may be negotiated at a time in such a test. */
export const ROOM = 8;
/** Longer than any deadline that a client connection can have here. */
const LONG_MS = 30_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * A test after which the service holds nothing of what was done to it: no connection, negotiated or open, no socket, no
 * timer, no buffer, and no client that its app server still believes in. Whatever has a deadline is given its time. For
 * `test.each` it hands the parameters on.
 */
export function leavesNothing<P extends readonly unknown[]>(
  run: (all: HttpScene, clock: Clock, ...parameters: P) => Promise<void>,
  { timers, limits, ...options }: HttpSceneOptions = {},
): (...parameters: P) => Promise<void> {
  return async (...parameters) => {
    using clock = new Clock();
    await using all = await HttpScene.start({
      ...options,
      timers: { ...CLOCKED, ...timers },
      limits: { negotiatedConnections: ROOM, ...limits },
    });
    const told = new ClientsTold(all.server);
    const before = await takeFootprint();
    await run(all, clock, ...parameters);
    for (let time = 0; time < 2; time++) await all.pass(clock, LONG_MS);
    await all.server.settled();
    expect(all.service.counts).toEqual({ clients: 0, serverConnections: 1 });
    expect(told.opened).toEqual(told.closed);
    expectOneEndEach(all);
    await untilBackTo(before);
    await expectRoom(all, limits?.negotiatedConnections ?? ROOM);
  };
}

/** What an app server heard of clients. */
class ClientsTold {
  readonly opened: string[] = [];
  readonly closed: string[] = [];

  constructor(server: FakeAppServer) {
    const reader = new ServiceMessageReader({ maxMessageBytes: MAX_MESSAGE_BYTES });
    server.webSocket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return;
      reader.push(data);
      for (let message = reader.next(); message !== undefined; message = reader.next()) this.#hear(message);
    });
  }

  #hear(message: DecodedServiceMessage): void {
    if (message.type === 4) insert(this.opened, message.connectionId);
    if (message.type === 5) insert(this.closed, message.connectionId);
  }
}

/** Sorted, so that lists compare. */
function insert(list: string[], value: string): void {
  list.push(value);
  list.sort();
}

function expectOneEndEach({ events }: HttpScene): void {
  const idsOf = (name: 'clientConnected' | 'clientClosed') => events.of(name).map(({ connectionId }) => connectionId);
  expect(idsOf('clientClosed').toSorted()).toEqual(idsOf('clientConnected').toSorted());
  expect(events.of('fault')).toEqual([]);
}

/** Nothing negotiated is left: there is room for as many as ever. */
async function expectRoom({ service }: HttpScene, room: number): Promise<void> {
  const headers = { authorization: `Bearer ${await clientToken(service)}` };
  const statuses: number[] = [];
  for (let count = 0; count <= room; count++) {
    statuses.push((await httpRequest(service, { method: 'POST', path: '/client/negotiate?hub=chat', headers })).status);
  }
  expect(statuses).toEqual([...Array.from({ length: room }, () => 200), 503]);
}
