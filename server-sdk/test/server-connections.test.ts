import { type AzureSignalROptions, Hub, type HubEntries, withAzureSignalR } from '@signalite/server';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { type FakeServerConnection, FakeService } from './support/fake-service.ts';
import { Gate } from './support/gate.ts';
import { Inbox } from './support/inbox.ts';
import { LineLog } from './support/line-log.ts';

const events = new Inbox<string>('hub events');

class ChatHub extends Hub {
  echo(value: unknown): unknown {
    return value;
  }

  async everybody(): Promise<string> {
    await this.clients.all.send('one');
    await this.groups.add(this.context.connectionId, 'g');
    await this.clients.group('g').send('two');
    await this.clients.caller.send('three');
    return 'done';
  }

  async ask(): Promise<unknown> {
    return this.clients.caller.invoke('answer');
  }

  override onDisconnected(error?: Error): void {
    events.push(`${this.context.connectionId} disconnected ${String(error)}`);
  }
}

type Options = Partial<AzureSignalROptions<HubEntries>>;

function create(service: FakeService, options: Options = {}) {
  const { connectionString } = service;
  const log = new LineLog();
  const signalr = withAzureSignalR({
    connectionString,
    hubs: { ChatHub },
    logger: log,
    serverConnectionCount: 1,
    shutdownTimeoutMs: 500,
    ...options,
  });
  return { signalr, log, [Symbol.asyncDispose]: () => signalr.close() };
}

async function connect(service: FakeService, options: Options = {}) {
  const app = create(service, options);
  await app.signalr.start();
  const connections = await service.accept(options.serverConnectionCount ?? 1);
  for (const connection of connections) connection.agreeToLeave();
  const [first] = connections;
  if (first === undefined) throw new Error('no server connection');
  return { ...app, connections, first };
}

describe('connecting', () => {
  test('five connections of each hub, each with its own id, name and token', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { applicationName: 'MyApp', serverConnectionCount: 5 });
    const ids = new Set<string | null>();
    for (const { request, url, handshake } of app.connections) {
      ids.add(url.searchParams.get('cid'));
      expect([url.pathname, url.searchParams.get('hub')]).toEqual(['/server/', 'myapp_chathub']);
      const { headers } = request;
      expect(headers['asrs-user-agent']).toMatch(/^@signalite\/server\/\d+\.\d+\.\d+ \(Node\.js v/);
      expect(headers).not.toHaveProperty('sec-websocket-extensions');
      expect(headers).not.toHaveProperty('sec-websocket-protocol');
      const token = headers.authorization?.replace('Bearer ', '') ?? '';
      await jwtVerify(token, service.accessKey);
      expect(decodeJwt(token)).toMatchObject({
        nameid: headers['x-asrs-server-id'],
        aud: 'http://127.0.0.1/server/?hub=myapp_chathub',
      });
      expect(handshake).toEqual({
        type: 1,
        version: 1,
        connectionType: 0,
        target: '',
        migrationLevel: 0,
        allowStatefulReconnects: false,
      });
    }
    expect(ids.size).toBe(5);
  });

  test('options show in the handshake', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { shutdownMode: 'migrate', allowStatefulReconnects: true });
    expect(app.first.handshake).toMatchObject({ migrationLevel: 1, allowStatefulReconnects: true });
  });

  test('a refusal of the request fails start at once, with the words of the service', async () => {
    await using service = await FakeService.listen({ refuse: { status: 401, body: 'The token has expired.' } });
    await using app = create(service);
    await expect(app.signalr.start()).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining(
        "Hub 'chathub' could not be connected to the service. The service answered 401: The token has expired.",
      ),
    });
  });

  test.each([
    [
      'the service is busy',
      { refuse: { status: 503, body: 'shutting down' } },
      'The service answered 503: shutting down',
    ],
    [
      'the handshake is refused',
      { handshake: { type: 2, error: 'Not here.' } as const },
      'the service refused the handshake: Not here.',
    ],
    [
      'something else comes first',
      { handshake: { type: 3, values: [] } as const },
      'did not begin with a handshake response',
    ],
    ['the service is silent', { handshake: null }, 'The service did not answer within 300 ms.'],
  ])('%s: start waits, then says why', async (_name, options, text) => {
    await using service = await FakeService.listen(options);
    await using app = create(service, { startTimeoutMs: 300 });
    await expect(app.signalr.start()).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining(text),
    });
  });

  test('start succeeds when the service comes up in time', async () => {
    await using service = await FakeService.listen({ refuse: { status: 503, body: '' } });
    await using app = create(service);
    const started = app.signalr.start();
    service.options = {};
    await started;
  });

  test('nobody listens', async () => {
    const service = await FakeService.listen();
    await using app = create(service, { startTimeoutMs: 300 });
    await service[Symbol.asyncDispose]();
    await expect(app.signalr.start()).rejects.toThrow(/ECONNREFUSED/);
  });

  test('a lost connection is opened again at once, as a new one', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    app.first.drop();
    const [again] = await service.accept(1);
    expect(again?.url.searchParams.get('cid')).not.toBe(app.first.url.searchParams.get('cid'));
    expect(app.log.lines).toEqual(['warn: A server connection was lost; it is opened again.']);
  });

  test('a service that speaks nonsense is left, and tried again', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    app.first.webSocket.send(Buffer.from([0x02, 0x91, 0xc1]));
    await app.first.closed;
    await service.accept(1);
  });
});

describe('pings', () => {
  test('what comes is answered with the counts of clients', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first } = app;
    expect(await first.expectPing('#client')).toEqual(['#clientInHub', '0', '#client', '0']);
  });

  test('the service is asked for its status', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    expect(await app.first.expectPing('status')).toEqual(['status', '1']);
  });

  test('an echo comes back', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    app.first.send({ type: 3, values: ['echo', 'abc'] });
    expect(await app.first.expectPing('echo')).toEqual(['echo', 'abc']);
  });

  test('a target gets one more connection, which is not replaced', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { maximumServerConnectionCount: 2 });
    app.first.send({ type: 3, values: ['target', 'inst 2'] });
    const [more] = await service.accept(1);
    more?.agreeToLeave();
    expect(more?.handshake).toMatchObject({ connectionType: 1, target: '' });
    expect(more?.request.url).toContain('&target=inst%202');
    // There are two now: a third is over the maximum.
    app.first.send({ type: 3, values: ['target', 'inst3'] }, { type: 3, values: ['echo', 'behind'] });
    await app.first.expectPing('echo');
    more?.drop();
    await more?.closed;
    app.first.drop();
    const [again] = await service.accept(1);
    expect(again?.handshake).toMatchObject({ connectionType: 0 });
    expect(service.connections.rest).toEqual([]);
  });

  test('a dead instance takes its clients along, and no others', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first } = app;
    await first.openClient('off1', { headers: [{ name: 'Asrs-Instance-Id', values: ['i1'] }] });
    await first.openClient('off2', { headers: [{ name: 'Asrs-Instance-Id', values: ['i2'] }] });
    first.send({ type: 3, values: ['offline', 'i1'] });
    await events.take((event) => event === 'off1 disconnected undefined');
    first.send(first.text('off2', '{"type":1,"invocationId":"1","target":"echo","arguments":[1]}'));
    expect(await first.expectText('off2')).toBe('{"type":3,"invocationId":"1","result":1}');
    first.send({ type: 3, values: ['offline', ''] });
    await events.take((event) => event === 'off2 disconnected undefined');
    expect(first.messages.rest.filter(({ type }) => type === 5)).toEqual([]);
  });

  test('tracing is switched on and off', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first, signalr } = app;
    const send = async () => {
      await signalr.hub('ChatHub').clients.all.send('m');
      return first.expect(10);
    };
    for (const value of ['1', '0']) {
      first.send({ type: 3, values: ['d-m', value] }, { type: 3, values: ['echo', value] });
      await first.expectPing('echo');
      expect('tracingId' in (await send())).toBe(value === '1');
    }
  });
});

test('what is sent on behalf of a diagnostic client is traced, and nothing else', async () => {
  await using service = await FakeService.listen();
  await using app = await connect(service);
  const { first } = app;
  for (const isDiagnostic of ['True', 'false']) {
    const headers = [{ name: 'Asrs-Is-Diagnostic-Client', values: [isDiagnostic] }];
    await first.openClient(isDiagnostic, { headers });
    first.send(first.text(isDiagnostic, '{"type":1,"target":"everybody","arguments":[]}'));
    const sent = await first.expect(10);
    const joined = await first.expect(18);
    first.send({ type: 20, ackId: joined.ackId, status: 1, message: '' });
    const last = await first.expect(13);
    first.send(first.text(isDiagnostic, '{"type":1,"target":"ask","arguments":[]}'));
    const asked = await first.expect(34);
    first.send(first.text(isDiagnostic, `{"type":3,"invocationId":"${asked.invocationId}","result":1}`));
    for (const message of [sent, joined, last, asked, await first.expect(35)]) {
      expect('tracingId' in message).toBe(isDiagnostic === 'True');
    }
  }
});

describe('clients', () => {
  test('a whole conversation, whatever the cuts', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first } = app;
    await first.openClient('c1');
    const hello = '{"type":1,"invocationId":"1","target":"echo","arguments":["hé"]}\x1e';
    for (const byte of Buffer.from(hello)) first.send({ type: 6, connectionId: 'c1', payload: Uint8Array.of(byte) });
    expect(await first.expectText('c1')).toBe('{"type":3,"invocationId":"1","result":"hé"}');
    first.send({ type: 5, connectionId: 'c1', error: 'Some error', headers: [] });
    await events.take((event) => event === 'c1 disconnected undefined');
    first.send(first.text('c1', hello), { type: 3, values: ['echo', 'end'] });
    await first.expectPing('echo');
    expect(first.messages.rest.filter(({ type }) => type === 5 || type === 6)).toEqual([]);
  });

  test('a message in parts is put together, unless the client returns between them', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first } = app;
    await first.openClient('parts');
    const [head, tail] = ['{"type":1,"invocationId":"1","target":"echo",', '"arguments":[1]}\x1e'];
    const part = (text: string, isPartial: boolean) =>
      ({ type: 6, connectionId: 'parts', payload: Buffer.from(text), ...(isPartial ? { isPartial } : {}) }) as const;
    first.send(part(head, true), { type: 38, connectionId: 'parts' }, part(head, true), part(tail, false));
    expect(await first.expectText('parts')).toBe('{"type":3,"invocationId":"1","result":1}');
  });

  test('everything that one invocation sends goes the way of its client, in order', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { serverConnectionCount: 3 });
    for (const [index, connection] of app.connections.entries()) {
      const id = `flow${index}`;
      await connection.openClient(id);
      connection.send(connection.text(id, '{"type":1,"invocationId":"1","target":"everybody","arguments":[]}'));
      const order: number[] = [];
      for (const type of [10, 18] as const) order.push((await connection.expect(type)).type);
      const joined = connection.messages.rest.length;
      expect(joined).toBeLessThan(3);
      // The group is joined only when the service says so.
      connection.send({ type: 20, ackId: index + 1, status: 1, message: '' });
      for (const type of [13, 7] as const) order.push((await connection.expect(type)).type);
      expect(await connection.expectText(id)).toBe('{"type":3,"invocationId":"1","result":"done"}');
      expect(order).toEqual([10, 18, 13, 7]);
    }
  });

  test('outside of hub calls everything goes one way', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { serverConnectionCount: 3 });
    const { clients } = app.signalr.hub('ChatHub');
    for (let index = 0; index < 10; index++) await clients.all.send('m', index);
    const carrier = app.connections.find(({ messages }) => messages.rest.some(({ type }) => type === 10)) ?? app.first;
    await carrier.messages.take((one) => one.type === 10 && Buffer.from(one.payloads[0]?.data ?? []).includes('[9]'));
    const others = app.connections.filter((one) => one !== carrier);
    expect(others.flatMap(({ messages }) => messages.rest.filter(({ type }) => type === 10))).toEqual([]);
  });

  test('a lost server connection takes its clients along, and no others', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { serverConnectionCount: 2 });
    const [one, two] = app.connections as [FakeServerConnection, FakeServerConnection];
    await one.openClient('lost');
    await two.openClient('kept');
    one.drop();
    await events.take((event) => event === 'lost disconnected undefined');
    two.send(two.text('kept', '{"type":1,"invocationId":"1","target":"echo","arguments":[1]}'));
    expect(await two.expectText('kept')).toBe('{"type":3,"invocationId":"1","result":1}');
  });

  test('a paused client is held back, and goes on where the service says', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { serverConnectionCount: 2 });
    const [one, two] = app.connections as [FakeServerConnection, FakeServerConnection];
    await one.openClient('moved');
    const control = (operation: number) => ({ type: 39, connectionId: 'moved', target: 1, operation }) as const;
    one.send(control(1));
    expect(await one.expect(39)).toMatchObject(control(2));
    one.send(one.text('moved', '{"type":1,"invocationId":"1","target":"echo","arguments":["held"]}'));
    one.send({ type: 3, values: ['echo', 'behind'] });
    await one.expectPing('echo');
    expect(one.messages.rest.filter(({ type }) => type === 6)).toEqual([]);
    two.send(control(3));
    expect(await two.expectText('moved')).toBe('{"type":3,"invocationId":"1","result":"held"}');
    two.send(two.text('moved', '{"type":1,"invocationId":"2","target":"echo","arguments":["new"]}'));
    expect(await two.expectText('moved')).toBe('{"type":3,"invocationId":"2","result":"new"}');
  });

  test('a client result comes back the way of the client', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first } = app;
    await first.openClient('asked');
    first.send(first.text('asked', '{"type":1,"invocationId":"1","target":"ask","arguments":[]}'));
    const { invocationId, callerServerId } = await first.expect(34);
    expect(callerServerId).toBe(first.request.headers['x-asrs-server-id']);
    first.send(first.text('asked', `{"type":3,"invocationId":"${invocationId}","result":42}`));
    expect(await first.expectText('asked')).toBe('{"type":3,"invocationId":"1","result":42}');
    expect(await first.expect(35)).toMatchObject({ invocationId, payload: new Uint8Array(0) });
  });

  test('a client of another app server answers through the service', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { first, signalr } = app;
    const address = { connectionId: 'far', callerServerId: 'x' };
    const one = signalr.hub('ChatHub').clients.client('far').invoke('answer');
    const { invocationId } = await first.expect(34);
    const payload = Buffer.from(`{"type":3,"invocationId":"${invocationId}","result":"yes"}\x1e`);
    first.send({ type: 35, invocationId, ...address, protocol: 'json', payload });
    expect(await one).toBe('yes');
    const two = signalr.hub('ChatHub').clients.client('far').invoke('answer');
    const failed = await first.expect(34);
    first.send({ type: 36, invocationId: failed.invocationId, ...address, error: "Connection 'far' does not exist." });
    await expect(two).rejects.toMatchObject({ code: 'client-result-failed' });
  });
});

describe('sending', () => {
  test('all that is sent in one turn is one WebSocket message', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service);
    const { clients } = app.signalr.hub('ChatHub');
    await app.first.expectPing('#client');
    const before = app.first.frames.length;
    const sent = Array.from({ length: 100 }, (_, index) => clients.all.send('m', index));
    await Promise.all(sent);
    for (let index = 0; index < 100; index++) await app.first.expect(10);
    expect(app.first.frames.length - before).toBe(1);
  });

  test('after a service error another connection is used', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { serverConnectionCount: 2 });
    const { clients } = app.signalr.hub('ChatHub');
    await clients.all.send('m', 'before');
    const carrier = app.connections.find(({ messages }) => messages.rest.some(({ type }) => type === 10)) ?? app.first;
    await carrier.expect(10);
    const other = app.connections.find((one) => one !== carrier);
    carrier.send(
      { type: 15, message: 'Maximum message count limit reached: 100000' },
      { type: 3, values: ['echo', 'x'] },
    );
    while (app.log.lines.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(app.log.lines).toEqual([
      'error: The service reported an error; nothing more is sent on this server connection.',
    ]);
    await clients.all.send('m', 'after');
    await other?.expect(10);
    expect(
      carrier.messages.rest.filter(({ type, ...rest }) => type === 3 && JSON.stringify(rest).includes('echo')),
    ).toEqual([]);
  });

  test('waits for a connection shortly, then fails', async () => {
    await using service = await FakeService.listen();
    await using app = create(service);
    const { clients, groups } = app.signalr.hub('ChatHub');
    await expect(clients.all.send('m')).rejects.toMatchObject({
      code: 'not-connected',
      message: expect.stringContaining("No server connection of hub 'chathub' is open."),
    });
    const added = groups.add('c', 'g');
    await app.signalr.start();
    const [first] = await service.accept(1);
    const { ackId } = (await first?.expect(18)) ?? {};
    first?.send({ type: 20, ackId: ackId ?? 0, status: 1, message: '' });
    await added;
  });

  test('waits while the service does not read', async () => {
    await using service = await FakeService.listen();
    await using app = await connect(service, { maximumSendBufferBytes: 64 * 1024 });
    const { clients } = app.signalr.hub('ChatHub');
    app.first.webSocket.pause();
    const big = 'x'.repeat(1024 * 1024);
    let isWaiting = false;
    let sent: Promise<void> = Promise.resolve();
    // The kernel takes some before anything has to wait.
    for (let count = 0; count < 100 && !isWaiting; count++) {
      sent = clients.all.send('m', big);
      isWaiting = await Promise.race([
        sent.then(() => false),
        new Promise<boolean>((r) => setTimeout(() => r(true), 20)),
      ]);
    }
    expect(isWaiting).toBe(true);
    await expect(clients.all.send('m')).rejects.toMatchObject({ code: 'send-buffer-full' });
    app.first.webSocket.resume();
    await sent;
    await clients.all.send('m');
  });
});

describe('closing', () => {
  test('the service is told, hubs hear of it, and the sockets close in order', async () => {
    await using service = await FakeService.listen();
    await using app = create(service);
    await app.signalr.start();
    const [first] = (await service.accept(1)) as [FakeServerConnection];
    await first.openClient('last');
    const closing = app.signalr.close();
    expect(await first.expectPing('shutdown')).toEqual(['shutdown', 'fin:0']);
    expect(events.rest).not.toContain('last disconnected undefined');
    first.send({ type: 3, values: ['shutdown', 'finack'] });
    await events.take((event) => event === 'last disconnected undefined');
    expect(await first.closed).toBe(1000);
    await closing;
    expect(first.messages.rest.filter(({ type }) => type === 5)).toEqual([]);
    await app.signalr.close();
    await expect(app.signalr.start()).rejects.toMatchObject({ code: 'closed' });
    await expect(app.signalr.hub('ChatHub').clients.all.send('m')).rejects.toMatchObject({ code: 'closed' });
    expect(app.log.lines).toEqual([]);
  });

  test.each([
    ['wait', 'fin:2'],
    ['migrate', 'fin:1'],
  ] as const)('in mode %s the clients may leave first', async (shutdownMode, fin) => {
    await using service = await FakeService.listen();
    await using app = create(service, { shutdownMode, shutdownTimeoutMs: 10_000 });
    await app.signalr.start();
    const [first] = (await service.accept(1)) as [FakeServerConnection];
    await first.openClient(shutdownMode);
    const closing = app.signalr.close();
    expect(await first.expectPing('shutdown')).toEqual(['shutdown', fin]);
    first.send({ type: 3, values: ['shutdown', 'finack'] });
    first.send(first.text(shutdownMode, '{"type":1,"invocationId":"1","target":"echo","arguments":["still here"]}'));
    expect(await first.expectText(shutdownMode)).toBe('{"type":3,"invocationId":"1","result":"still here"}');
    first.send({
      type: 5,
      connectionId: shutdownMode,
      error: '',
      headers: [{ name: 'Asrs-Migrate-To', values: ['s2'] }],
    });
    await events.take((event) => event === `${shutdownMode} disconnected undefined`);
    await closing;
    expect(first.messages.rest.filter(({ type }) => type === 6)).toEqual([]);
  });

  test('a service that does not answer holds nobody up for long', async () => {
    await using service = await FakeService.listen();
    await using app = create(service, { shutdownTimeoutMs: 50 });
    await app.signalr.start();
    const [first] = await service.accept(1);
    await app.signalr.close();
    expect(await first?.closed).toBe(1000);
  });

  test('nor does a hub that is never done', async () => {
    const never = new Gate();
    class StuckHub extends Hub {
      override async onDisconnected(): Promise<void> {
        await never.opened;
      }
    }
    await using service = await FakeService.listen();
    await using app = create(service, { hubs: { StuckHub }, shutdownTimeoutMs: 50 });
    await app.signalr.start();
    const [first] = (await service.accept(1)) as [FakeServerConnection];
    first.agreeToLeave();
    await first.openClient('stuck');
    await app.signalr.close();
    expect(await first.closed).toBe(1000);
  });

  test('while it connects', async () => {
    await using service = await FakeService.listen({ handshake: null });
    await using app = create(service);
    const started = app.signalr.start();
    await service.accept(1);
    await app.signalr.close();
    await expect(started).rejects.toMatchObject({ code: 'closed' });
  });
});

test('negotiate answers only while there is a connection', async () => {
  await using service = await FakeService.listen();
  await using app = create(service);
  const ask = () => app.signalr.negotiate('ChatHub', new Request('http://app/chat/negotiate', { method: 'POST' }));
  expect((await ask()).status).toBe(500);
  await app.signalr.start();
  expect((await ask()).status).toBe(200);
});

test('an app server without server connections negotiates for others', async () => {
  await using service = await FakeService.listen();
  await using app = create(service, { serverConnectionCount: 0 });
  await app.signalr.start();
  const request = new Request('http://app/chat/negotiate', { method: 'POST' });
  expect((await app.signalr.negotiate('ChatHub', request)).status).toBe(200);
});

test('a hub that is not there is a clear error', async () => {
  await using service = await FakeService.listen();
  const { signalr } = create(service);
  expect(() => signalr.hub('Nope' as 'ChatHub')).toThrow("There is no hub 'Nope'. Known: ChatHub.");
});
