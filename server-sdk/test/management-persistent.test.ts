// What a management client's server connections look like, with a service that the test plays.
import { MessagePackWriter } from '@signalite/protocol/service';
import { createManagementClient, type ManagementOptions } from '@signalite/server';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { FakeService } from './support/fake-service.ts';
import { LineLog } from './support/line-log.ts';

function manage(service: FakeService, options: Partial<ManagementOptions> = {}) {
  const log = new LineLog();
  const { connectionString } = service;
  const management = createManagementClient({
    connectionString,
    hub: 'Chat',
    transport: 'persistent',
    logger: log,
    ...options,
  });
  return { management, log, [Symbol.asyncDispose]: () => management.close() };
}

/** A management client that is connected. */
async function connect(service: FakeService, options: Partial<ManagementOptions> = {}) {
  const managed = manage(service, options);
  await managed.management.start();
  const [connection] = await service.accept(1);
  if (connection === undefined) throw new Error('no server connection');
  return { ...managed, connection };
}

describe('server connections', () => {
  test('one, weak, for the first operation', async () => {
    await using service = await FakeService.listen();
    await using managed = manage(service, { applicationName: 'App' });
    expect(service.connections.rest).toEqual([]);
    const sent = managed.management.clients.all.send('m', 1);
    const [connection] = await service.accept(1);
    expect(connection?.handshake).toMatchObject({ connectionType: 2, migrationLevel: 0, target: '' });
    expect(connection?.url.searchParams.get('hub')).toBe('app_chat');
    const { aud, nameid } = decodeJwt(connection?.request.headers.authorization?.replace('Bearer ', '') ?? '');
    expect(aud).toBe('http://127.0.0.1/server/?hub=app_chat');
    expect(nameid).toMatch(/_[0-9a-f]{32}$/);
    await sent;
    expect(await connection?.expect(10)).toMatchObject({
      payloads: [{ protocol: 'json' }, { protocol: 'messagepack' }],
    });
    await managed.management.start();
    expect(service.connections.rest).toEqual([]);
  });

  test('operations that wait for the same start keep their order', async () => {
    await using service = await FakeService.listen();
    await using managed = manage(service, { supportedProtocols: ['json'] });
    const { clients } = managed.management;
    const sends = [1, 2, 3].map((n) => clients.all.send('m', n));
    const [connection] = await service.accept(1);
    await Promise.all(sends);
    for (const n of [1, 2, 3]) {
      const { payloads } = (await connection?.expect(10)) ?? { payloads: [] };
      expect(Buffer.from(payloads[0]?.data ?? []).toString()).toContain(`[${n}]`);
    }
  });

  test('as many as are wanted', async () => {
    await using service = await FakeService.listen();
    await using managed = await connect(service, { serverConnectionCount: 3 });
    await service.accept(2);
    expect(managed.log.lines).toEqual([]);
  });

  test('a lost one is opened again, and what waited for an answer on it fails', async () => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const { clientManager, clients } = managed.management;
    const asked = expect(clientManager.userExists('u')).rejects.toMatchObject({ code: 'connection-lost' });
    await managed.connection.expect(25);
    managed.connection.drop();
    await asked;
    const [again] = await service.accept(1);
    await clients.all.send('m');
    await again?.expect(10);
  });

  test('close leaves without a word to the service, and ends what waits', async () => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const { management, connection } = managed;
    const asked = expect(management.clientManager.userExists('u')).rejects.toMatchObject({ code: 'closed' });
    await connection.expect(25);
    await management.close();
    await asked;
    expect(await connection.closed).toBe(1000);
    expect(connection.messages.rest.filter((one) => one.type === 3 && one.values[0] === 'shutdown')).toEqual([]);
  });

  test('close while nothing answers', async () => {
    await using service = await FakeService.listen({ handshake: null });
    await using managed = manage(service);
    const starting = expect(managed.management.start()).rejects.toMatchObject({ code: 'closed' });
    await service.connections.take();
    await managed.management.close();
    await starting;
  });

  test('a service that refuses is asked anew by the next operation', async () => {
    await using service = await FakeService.listen({
      refuse: { status: 401, body: 'The signature key was not found.' },
    });
    await using managed = manage(service);
    const { clients } = managed.management;
    const refused = clients.all.send('m');
    await expect(refused).rejects.toMatchObject({ code: 'connect-failed' });
    await expect(refused).rejects.toThrow('The service answered 401: The signature key was not found.');
    service.options = {};
    await clients.all.send('m');
    const [connection] = await service.accept(1);
    await connection?.expect(10);
  });

  test('the signal ends the waiting for a start, not the start', async () => {
    await using service = await FakeService.listen({ handshake: null });
    await using managed = manage(service);
    const controller = new AbortController();
    const given = managed.management.withSignal(controller.signal).clientManager.userExists('u');
    const connection = await service.connections.take();
    controller.abort();
    await expect(given).rejects.toBe(controller.signal.reason);
    connection.send({ type: 2 });
    await managed.management.clients.all.send('m');
    await connection.expect(10);
  });
});

describe('answers', () => {
  test('members of a group in pages', async () => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const { connection, management } = managed;
    const listed = collect(management.clientManager.groupMembers('g', { pageSize: 2, top: 3 }));
    const first = await connection.expect(40);
    expect(first).toMatchObject({ group: 'g', max: 2 });
    expect(first).not.toHaveProperty('continuationToken');
    connection.send({
      type: 20,
      ackId: first.ackId,
      status: 1,
      message: '',
      payload: page([['a', 'ann'], ['b']], 'b'),
    });
    const second = await connection.expect(40);
    expect(second).toMatchObject({ max: 1, continuationToken: 'b' });
    connection.send({ type: 20, ackId: second.ackId, status: 1, message: '', payload: page([['c'], ['d']], 'd') });
    expect(await listed).toEqual([
      { connectionId: 'a', userId: 'ann' },
      { connectionId: 'b', userId: undefined },
      { connectionId: 'c', userId: undefined },
    ]);
  });

  test.each([
    ['no payload', undefined],
    ['an empty one', new Uint8Array()],
    ['something else', Uint8Array.of(0x91, 0xa1, 0x61)],
    ['a list that is cut off', Uint8Array.of(0x92, 0xdd, 0xff, 0xff, 0xff, 0xff)],
  ])('members that cannot be read: %s', async (_name, payload) => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const { connection, management } = managed;
    const listed = expect(collect(management.clientManager.groupMembers('g'))).rejects.toMatchObject({
      code: 'ack-failed',
    });
    const { ackId } = await connection.expect(40);
    connection.send({ type: 20, ackId, status: 1, message: '', ...(payload === undefined ? {} : { payload }) });
    await listed;
  });

  test.each([
    [1, true],
    [2, false],
  ])('status %i of a question is %s', async (status, expected) => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const asked = managed.management.clientManager.connectionExists('c');
    const { ackId } = await managed.connection.expect(24);
    managed.connection.send({ type: 20, ackId, status, message: '' });
    expect(await asked).toBe(expected);
  });

  test('a refusal', async () => {
    await using service = await FakeService.listen();
    await using managed = await connect(service);
    const asked = expect(managed.management.userGroups.add('u', 'g')).rejects.toMatchObject({ code: 'ack-failed' });
    const { ackId } = await managed.connection.expect(26);
    managed.connection.send({ type: 20, ackId, status: 5, message: '' });
    await asked;
  });
});

describe('several endpoints', () => {
  test('each gets sends and commands, and members of all are listed', async () => {
    await using one = await FakeService.listen();
    await using two = await FakeService.listen();
    const endpoints = [one, two].map(({ connectionString }, n) => ({ name: `n${n}`, connectionString }));
    const log = new LineLog();
    const management = createManagementClient({ endpoints, hub: 'chat', transport: 'persistent', logger: log });
    await management.start();
    const connections = [...(await one.accept(1)), ...(await two.accept(1))];
    await management.clients.all.send('m');
    for (const connection of connections) await connection.expect(10);
    const asked = management.clientManager.userExists('u');
    for (const [n, connection] of connections.entries()) {
      const { ackId } = await connection.expect(25);
      connection.send({ type: 20, ackId, status: 2 - n, message: '' });
    }
    expect(await asked).toBe(true);
    const listed = collect(management.clientManager.groupMembers('g'));
    for (const [n, connection] of connections.entries()) {
      const { ackId } = await connection.expect(40);
      connection.send({ type: 20, ackId, status: 1, message: '', payload: page([[`c${n}`]]) });
    }
    expect((await listed).map(({ connectionId }) => connectionId)).toEqual(['c0', 'c1']);
    const { url } = await management.negotiate();
    expect(endpoints.some(({ connectionString }) => connectionString.includes(new URL(url).port))).toBe(true);
    await management.close();
  });

  test('clients are not sent to what cannot be reached', async () => {
    await using one = await FakeService.listen({ refuse: { status: 503, body: '' } });
    await using two = await FakeService.listen();
    const endpoints = [one, two].map(({ connectionString }, n) => ({ name: `n${n}`, connectionString }));
    const management = createManagementClient({
      endpoints,
      hub: 'chat',
      transport: 'persistent',
      logger: new LineLog(),
    });
    for (let n = 0; n < 5; n++) {
      const { url } = await management.negotiate();
      expect(two.connectionString).toContain(`Port=${new URL(url).port};`);
    }
    await management.close();
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** `[[[connectionId, userId?], …], continuationToken?]` */
function page(members: readonly (readonly string[])[], continuationToken?: string): Uint8Array {
  const writer = new MessagePackWriter();
  writer.arrayHeader(continuationToken === undefined ? 1 : 2);
  writer.arrayHeader(members.length);
  for (const member of members) {
    writer.arrayHeader(member.length);
    for (const text of member) writer.string(text);
  }
  if (continuationToken !== undefined) writer.string(continuationToken);
  return writer.take();
}
