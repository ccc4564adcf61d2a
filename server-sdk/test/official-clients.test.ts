import type { HubConnection } from '@microsoft/signalr';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureApp, startFeatureApp } from './support/feature-app.ts';
import { Calls, CLIENT_VERSIONS, CLIENTS, type ClientProtocol, type ClientVersion } from './support/official-client.ts';
import { openTestService, type TestService } from './support/test-service.ts';

// Every hub feature through the real service, with the released JavaScript clients.

const PROTOCOLS: readonly ClientProtocol[] = ['json', 'messagepack'];
const MEGABYTE = 1024 * 1024;

let service: TestService;
let app: FeatureApp;

beforeAll(async () => {
  service = await openTestService();
  app = await startFeatureApp(service);
});

afterAll(async () => {
  await app.close();
  await service.close();
});

describe.each(CLIENT_VERSIONS)('@microsoft/signalr %i', (version) => {
  describe.each(PROTOCOLS)('with %s', (protocol) => {
    features(version, protocol);
  });
});

function features(version: ClientVersion, protocol: ClientProtocol): void {
  const opened: HubConnection[] = [];
  // Groups and users are shared by all who test at the same time.
  const unique = (name: string) => `${name}-${version}-${protocol}`;

  async function connect(query = ''): Promise<HubConnection> {
    const connection = CLIENTS[version].build(`${app.url}?tag=${unique('t')}${query}`, protocol, false);
    await connection.start();
    opened.push(connection);
    return connection;
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connection) => connection.stop()));
  });

  test('invocations answer values, null for nothing, and the errors of ASP.NET Core', async () => {
    const client = await connect();
    const value = { text: 'é<>&\u{1F600}', list: [1, 2.5, -3, null, true], nested: { a: 1 } };
    expect(await client.invoke('Echo', value)).toEqual(value);
    expect(await client.invoke('add', 2, 3)).toBe(5);
    expect(await client.invoke('NOTHING')).toBeNull();
    const errors = {
      nope: "Failed to invoke 'nope' due to an error on the server. HubException: Method does not exist.",
      constructor: "Failed to invoke 'constructor' due to an error on the server. HubException: Method does not exist.",
      onConnected: "Failed to invoke 'onConnected' due to an error on the server. HubException: Method does not exist.",
      fail: "An unexpected error occurred invoking 'fail' on the server.",
      failLoudly: "An unexpected error occurred invoking 'failLoudly' on the server. HubException: out loud",
      add: "Failed to invoke 'add' due to an error on the server.",
      count: "The client attempted to invoke the streaming 'count' method with a non-streaming invocation.",
    };
    for (const [method, text] of Object.entries(errors)) {
      const args = method === 'count' ? [1] : [];
      await expect(client.invoke(method, ...args)).rejects.toThrow(text);
    }
  });

  test('the hub knows who calls', async () => {
    const client = await connect(`&user=${unique('ann')}`);
    expect(await client.invoke('who')).toEqual({
      connectionId: client.connectionId,
      user: unique('ann'),
      path: '/features',
      query: unique('t'),
    });
  });

  test('sends reach whom they name', async () => {
    const [a, b, c] = [
      await connect(`&user=${unique('u')}`),
      await connect(`&user=${unique('u')}`),
      await connect(`&user=${unique('v')}`),
    ];
    const got = [new Calls(a, 'got'), new Calls(b, 'got'), new Calls(c, 'got')];
    const [idA, idB, idC] = [a, b, c].map((one) => one.connectionId);
    const group = unique('g');
    await Promise.all([a.invoke('join', group), b.invoke('join', group)]);
    await c.invoke('join', unique('h'));

    const expectSends: [string, unknown[], number[]][] = [
      ['sendCaller', [], [0]],
      ['sendClient', [idB], [1]],
      ['sendClients', [[idA, idC, idC]], [0, 2]],
      ['sendGroup', [group], [0, 1]],
      ['sendGroups', [[group, unique('h')]], [0, 1, 2]],
      ['sendGroups', [[group, group]], [0, 0, 1, 1]],
      ['sendGroupExcept', [group, [idA]], [1]],
      ['sendOthersInGroup', [group], [1]],
      ['sendUser', [unique('u')], [0, 1]],
      ['sendUsers', [[unique('u'), unique('v')]], [0, 1, 2]],
      ['sendUser', ['nobody'], []],
      ['sendGroup', ['nowhere'], []],
    ];
    for (const [method, args, receivers] of expectSends) {
      await a.invoke(method, ...args, method);
      for (const receiver of receivers) expect(await got[receiver]?.next()).toEqual([method]);
    }
    await b.invoke('leave', group);
    await a.invoke('sendGroup', group, 'last');
    expect(await got[0]?.next()).toEqual(['last']);
    // What was not meant for somebody would have come before what is.
    for (const [index, client] of [a, b, c].entries()) {
      await client.invoke('sendCaller', 'end');
      expect(await got[index]?.next()).toEqual(['end']);
    }
  });

  test('broadcasts reach all, others, and all but some', async () => {
    const [a, b] = [await connect(), await connect()];
    const [gotA, gotB] = [new Calls(a, 'got'), new Calls(b, 'got')];
    const mine = (text: string) => unique(text);
    const until = async (calls: Calls, text: string) => {
      // Others broadcast at the same time.
      for (;;) if ((await calls.next())[0] === text) return;
    };
    await a.invoke('sendAll', mine('all'));
    await Promise.all([until(gotA, mine('all')), until(gotB, mine('all'))]);
    await a.invoke('sendOthers', mine('others'));
    await until(gotB, mine('others'));
    await a.invoke('sendAllExcept', [b.connectionId], mine('except'));
    await until(gotA, mine('except'));
  });

  test('300 messages come in order, before the completion', async () => {
    const client = await connect();
    const seen: number[] = [];
    client.on('numbered', (index: number) => seen.push(index));
    await client.invoke('sendMany', 300);
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index));
  });

  test('streams run to their end, break, and are cancelled', async () => {
    const client = await connect();
    expect(await collect(client.stream('count', 5))).toEqual({ items: [0, 1, 2, 3, 4] });
    const broken = await collect(client.stream('breakAfter', 2));
    expect(broken.items).toEqual([0, 1]);
    expect(broken.error).toBe('An error occurred on the server while streaming results. HubException: broken');
    const plain = await collect(client.stream('add', 1, 2));
    expect(plain.error).toBe(
      "The client attempted to invoke the non-streaming 'add' method with a streaming invocation.",
    );

    const before: number = await client.invoke('cancelled');
    await new Promise<void>((resolve, reject) => {
      const subscription = client.stream<number>('forever').subscribe({
        next: (item) => {
          if (item < 3) return;
          subscription.dispose();
          resolve();
        },
        complete: () => reject(new Error('a stream without end came to one')),
        error: reject,
      });
    });
    await expect.poll(() => client.invoke('cancelled')).toBeGreaterThan(before);
  });

  test('uploads reach the hub, two at a time', async () => {
    const client = await connect();
    const numbers = CLIENTS[version].newSubject();
    const sum = client.invoke('sum', numbers);
    for (let index = 1; index <= 100; index++) numbers.next(index);
    numbers.complete();
    expect(await sum).toBe(5050);

    const [texts, more] = [CLIENTS[version].newSubject(), CLIENTS[version].newSubject()];
    const woven = client.invoke('weave', texts, 7, more);
    more.next(2);
    texts.next('a');
    more.complete();
    texts.next('b');
    texts.complete();
    expect(await woven).toBe('a,b,2,7');
  });

  test('messages of one megabyte pass both ways', async () => {
    const client = await connect();
    const text = 'm'.repeat(MEGABYTE);
    expect(await client.invoke('echo', text)).toBe(text);
  });

  test('the hub ends a connection', async () => {
    const client = await connect();
    const closed = new Promise<Error | undefined>((resolve) => client.onclose(resolve));
    await client.send('leaveMe');
    expect(await closed).toBeUndefined();
  });

  // Clients before 7 cannot answer.
  if (version < 7) return;
  test('the hub asks a client, and learns of its failure', async () => {
    const [a, b] = [await connect(), await connect()];
    b.on('answer', (question: string) => {
      if (question === 'fail') throw new Error('no idea');
      return `${question}!`;
    });
    const id = b.connectionId;
    expect(await a.invoke('ask', id, 'well')).toBe('well!');
    await expect(a.invoke('ask', id, 'fail')).rejects.toThrow('no idea');
  });
}

async function collect(stream: {
  subscribe(observer: { next(item: unknown): void; complete(): void; error(error: Error): void }): unknown;
}) {
  const items: unknown[] = [];
  return new Promise<{ items: unknown[]; error?: string }>((resolve) => {
    stream.subscribe({
      next: (item) => items.push(item),
      complete: () => resolve({ items }),
      error: (error) => resolve({ items, error: error.message }),
    });
  });
}
