import { type ConnectionOptions, type HubConnection, HubConnectionBuilder } from '@signalite/client';
import { messagePack } from '@signalite/client/messagepack';
import { type Service, startService } from 'signalite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureApp, startFeatureApp } from './support/feature-app.ts';
import type { FeatureContract } from './support/feature-hub.ts';

// Every hub feature between this client and a hub in TypeScript, through the real service.

const MEGABYTE = 1024 * 1024;

type Feature = HubConnection<FeatureContract>;

let service: Service;
let app: FeatureApp;
const opened: Feature[] = [];
const silent = { error: () => undefined };

beforeAll(async () => {
  service = await startService({ host: '127.0.0.1', port: 0 });
  app = await startFeatureApp(service);
});

afterAll(async () => {
  await app.close();
  await service.close();
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((hub) => hub.stop()));
});

function builder(options: ConnectionOptions = {}) {
  return new HubConnectionBuilder<FeatureContract>().withUrl(app.url, options).withLog(silent);
}

async function* range(to: number): AsyncGenerator<number> {
  for (let index = 1; index <= to; index++) yield index;
}

async function* words(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

describe.each([
  ['JSON over WebSockets', 'WebSockets', false],
  ['JSON over Server-Sent Events', 'ServerSentEvents', false],
  ['JSON over long polling', 'LongPolling', false],
  ['MessagePack over WebSockets', 'WebSockets', true],
  ['MessagePack over long polling', 'LongPolling', true],
] as const)('%s', (_, transport, isMessagePack) => {
  async function connect(): Promise<Feature> {
    const prepared = builder({ transports: [transport] });
    const hub = (isMessagePack ? prepared.withHubProtocol(messagePack) : prepared).build();
    await hub.start();
    opened.push(hub);
    expect(hub.transport).toBe(transport);
    return hub;
  }

  test('invocations answer values, null for nothing, and errors', async () => {
    const hub = await connect();
    const value = { text: 'é<>&\u{1F600}', list: [1, 2.5, -3, null, true], nested: { a: 1 } };
    expect(await hub.invoke('echo', value)).toEqual(value);
    expect(await hub.invoke('add', 2, 3)).toBe(5);
    expect(await hub.invoke('nothing')).toBeNull();
    expect(await hub.invoke('who')).toBe(hub.connectionId);
    await expect(hub.invoke('failLoudly')).rejects.toMatchObject({
      name: 'HubInvocationError',
      code: 'invocation-failed',
      message: "An unexpected error occurred invoking 'failLoudly' on the server. HubException: out loud",
    });
  });

  test('the hub calls the client, in order and before its answer', async () => {
    const hub = await connect();
    const seen: number[] = [];
    hub.on('numbered', (index) => seen.push(index));
    await hub.invoke('sendMany', 300);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  test('sends are not answered', async () => {
    const hub = await connect();
    const got = new Promise<string>((resolve) => hub.on('got', resolve));
    await hub.send('sendCaller', 'hello');
    expect(await got).toBe('hello');
  });

  test('a handler may call the hub on its first message', async () => {
    const prepared = builder({ transports: [transport] });
    const hub = (isMessagePack ? prepared.withHubProtocol(messagePack) : prepared).build();
    opened.push(hub);
    const answer = new Promise((resolve) => hub.on('welcome', () => resolve(hub.invoke('add', 1, 1))));
    await hub.start();
    expect(await answer).toBe(2);
  });

  test('streams run to their end, break, and are cancelled', async () => {
    const hub = await connect();
    const items: number[] = [];
    for await (const item of hub.stream('count', 5)) items.push(item);
    expect(items).toEqual([0, 1, 2, 3, 4]);
    const broken = async () => {
      for await (const item of hub.stream('breakAfter', 2)) items.push(item);
    };
    await expect(broken()).rejects.toThrow('HubException: broken');
    expect(items).toEqual([0, 1, 2, 3, 4, 0, 1]);
    const before = await hub.invoke('cancelled');
    for await (const item of hub.stream('forever')) if (item === 3) break;
    await expect.poll(() => hub.invoke('cancelled')).toBeGreaterThan(before);
  });

  test('an aborted stream is cancelled', async () => {
    const hub = await connect();
    const before = await hub.invoke('cancelled');
    const controller = new AbortController();
    const read = async () => {
      for await (const item of hub.with({ signal: controller.signal }).stream('forever')) {
        if (item === 3) controller.abort('enough');
      }
    };
    await expect(read()).rejects.toBe('enough');
    await expect.poll(() => hub.invoke('cancelled')).toBeGreaterThan(before);
  });

  test('uploads reach the hub, two at a time, and come back', async () => {
    const hub = await connect();
    expect(await hub.invoke('sum', range(100))).toBe(5050);
    expect(await hub.invoke('weave', words('a', 'b'), 7, range(2))).toBe('a,b,1,2,7');
    const doubled: number[] = [];
    for await (const item of hub.stream('double', range(3))) doubled.push(item);
    expect(doubled).toEqual([2, 4, 6]);
  });

  test('an aborted upload breaks off at the hub', async () => {
    const hub = await connect();
    const controller = new AbortController();
    async function* idle(): AsyncGenerator<number> {
      yield 1;
      controller.abort('enough');
      await new Promise(() => {});
    }
    await hub.with({ signal: controller.signal }).send('collect', idle());
    await expect.poll(() => hub.invoke('collected')).toContain('The client canceled the stream.');
  });

  test('messages of one megabyte pass both ways', async () => {
    const hub = await connect();
    const text = 'm'.repeat(MEGABYTE - 100);
    expect(await hub.invoke('echo', text)).toBe(text);
  });

  test('the hub asks a client, and learns of its failure', async () => {
    const [a, b] = [await connect(), await connect()];
    b.on('answer', async (question) => {
      if (question === 'fail') throw new Error('no idea');
      return `${question}!`;
    });
    const id = b.connectionId ?? '';
    expect(await a.invoke('ask', id, 'well')).toBe('well!');
    await expect(a.invoke('ask', id, 'fail')).rejects.toThrow('no idea');
  });

  test('the hub ends a connection', async () => {
    const hub = await connect();
    const closed = new Promise<Error | undefined>((resolve) => hub.onclose(resolve));
    await hub.send('leaveMe');
    expect(await closed).toBeUndefined();
    expect(hub.state).toBe('Disconnected');
  });

  test('stop and start again', async () => {
    const hub = await connect();
    const first = hub.connectionId;
    await hub.stop();
    await hub.start();
    expect(hub.connectionId).not.toBe(first);
    expect(await hub.invoke('add', 1, 1)).toBe(2);
  });
});

test('a client that lost its socket reconnects by itself', async () => {
  const own = await startService({ host: '127.0.0.1', port: 0 });
  const ownApp = await startFeatureApp(own);
  const hub = new HubConnectionBuilder<FeatureContract>()
    .withUrl(ownApp.url)
    .withAutomaticReconnect(Array.from({ length: 100 }, () => 100))
    .build();
  try {
    await hub.start();
    const first = hub.connectionId;
    const read = async () => {
      for await (const item of hub.stream('forever')) expect(item).toBeTypeOf('number');
    };
    const reading = expect(read()).rejects.toMatchObject({ code: 'connection-closed' });
    const lost = new Promise<Error | undefined>((resolve) => hub.onreconnecting(resolve));
    const reconnected = new Promise<string | undefined>((resolve) => hub.onreconnected(resolve));
    own.drop();
    await reading;
    expect(await lost).toMatchObject({ name: 'SignalRClientError', code: 'transport-closed' });
    expect(await reconnected).toBe(hub.connectionId);
    expect(hub.connectionId).not.toBe(first);
    expect(await hub.invoke('add', 20, 22)).toBe(42);
  } finally {
    await hub.stop();
    await ownApp.close();
    await own.close();
  }
});
