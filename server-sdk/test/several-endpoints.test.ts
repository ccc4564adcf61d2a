import type { HubConnection } from '@microsoft/signalr';
import type { EndpointOptions, EndpointRouter } from '@signalite/server';
import { decodeJwt } from 'jose';
import { type Service, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { startEndpointApp } from './support/endpoint-app.ts';
import { Calls } from './support/official-client.ts';

function serve(): Promise<Service> {
  return startService({ host: '127.0.0.1', port: 0 });
}

/** Two services, and how an app that is at home in one of them sees both. */
async function twoServices() {
  const [a, b] = await Promise.all([serve(), serve()]);
  const seenFrom = (home: 'a' | 'b'): EndpointOptions[] => [
    { name: 'a', connectionString: a.connectionString, type: home === 'a' ? 'primary' : 'secondary' },
    { name: 'b', connectionString: b.connectionString, type: home === 'b' ? 'primary' : 'secondary' },
  ];
  return {
    a,
    b,
    seenFrom,
    async [Symbol.asyncDispose]() {
      await Promise.all([a.close(), b.close()]);
    },
  };
}

/** An app at home in each of two services, with a client of each. */
async function twoRegions() {
  const services = await twoServices();
  const east = await startEndpointApp({ endpoints: services.seenFrom('a') });
  const west = await startEndpointApp({ endpoints: services.seenFrom('b') });
  const [ann, bob] = [await east.connect('user=ann&group=all'), await west.connect('user=bob&group=all')];
  return {
    ...services,
    east,
    west,
    ann,
    bob,
    async [Symbol.asyncDispose]() {
      await Promise.all([ann.stop(), bob.stop()]);
      await east[Symbol.asyncDispose]();
      await west[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
    },
  };
}

function idOf(client: HubConnection): string {
  return client.connectionId ?? '';
}

describe('two apps, each at home in one of two services', () => {
  test('clients are sent to the primary service, and are told that there are two', async () => {
    await using regions = await twoRegions();
    const { url, accessToken } = await regions.east.negotiate();
    expect(url.startsWith(`${regions.a.url}/client/`)).toBe(true);
    expect(decodeJwt(accessToken)).toMatchObject({ 'asrs.s.secn': '2' });
    // Weak server connections count as well, and have no clients.
    expect(regions.a.counts).toEqual({ clients: 1, serverConnections: 4 });
    expect(regions.b.counts).toEqual({ clients: 1, serverConnections: 4 });
  });

  test('sends reach the clients of both, once each', async () => {
    await using regions = await twoRegions();
    const { ann, bob, east } = regions;
    const [annGot, bobGot] = [new Calls(ann, 'got'), new Calls(bob, 'got')];
    const sends: [string, unknown[]][] = [
      ['sendAll', ['all']],
      ['sendGroup', ['all', 'group']],
      ['sendGroups', [['all', 'nobody'], 'groups']],
      ['sendUsers', [['ann', 'bob'], 'users']],
      ['sendClients', [[idOf(ann), idOf(bob)], 'clients']],
    ];
    for (const [method, args] of sends) await ann.invoke(method, ...args);
    for (const text of ['all', 'group', 'groups', 'users', 'clients']) {
      expect([await annGot.next(), await bobGot.next()]).toEqual([[text], [text]]);
    }
    await ann.invoke('sendOthers', 'others');
    await ann.invoke('sendUser', 'bob', 'user');
    await ann.invoke('sendClient', idOf(bob), 'client');
    await east.signalr
      .hub('FeatureHub')
      .clients.allExcept([idOf(ann)])
      .send('got', 'outside');
    for (const text of ['others', 'user', 'client', 'outside']) expect(await bobGot.next()).toEqual([text]);
    // What was sent to bob alone, ann would have by now.
    await ann.invoke('sendCaller', 'caller');
    expect(await annGot.next()).toEqual(['caller']);
  });

  test('a connection joins a group wherever it is, before the promise resolves', async () => {
    await using regions = await twoRegions();
    const { ann, bob, east } = regions;
    const { clients, groups } = east.signalr.hub('FeatureHub');
    const [annGot, bobGot] = [new Calls(ann, 'got'), new Calls(bob, 'got')];
    await groups.add(idOf(ann), 'pair');
    await groups.add(idOf(bob), 'pair');
    await clients.group('pair').send('got', 'both');
    await groups.remove(idOf(bob), 'pair');
    await clients.group('pair').send('got', 'ann alone');
    await clients.all.send('got', 'end');
    expect([await annGot.next(), await annGot.next(), await annGot.next()]).toEqual([['both'], ['ann alone'], ['end']]);
    expect([await bobGot.next(), await bobGot.next()]).toEqual([['both'], ['end']]);
    await groups.add('nobody', 'pair');
  });

  test('a client of the other service gives its result; one that nobody has fails once both have said so', async () => {
    await using regions = await twoRegions();
    const { ann, bob, east } = regions;
    bob.on('answer', (question: string) => `${question}, from the west`);
    expect(await ann.invoke('ask', idOf(bob), 'who')).toBe('who, from the west');
    const nobody = east.signalr.hub('FeatureHub').clients.client('nobody').invoke('answer', 'who');
    await expect(nobody).rejects.toMatchObject({
      code: 'client-result-failed',
      message: "Connection 'nobody' does not exist.",
    });
  });

  test('when the primary service stops, clients are sent to the secondary one, where the other app serves them', async () => {
    await using regions = await twoRegions();
    const { a, b, east, ann, bob } = regions;
    const bobGot = new Calls(bob, 'got');
    await a.close();
    await expect.poll(async () => (await east.negotiate()).url.startsWith(`${b.url}/client/`)).toBe(true);
    const carl = await east.connect('user=carl');
    await carl.invoke('sendOthers', 'here I am');
    expect(await bobGot.next()).toEqual(['here I am']);
    await east.signalr.hub('FeatureHub').clients.user('bob').send('got', 'and I');
    expect(await bobGot.next()).toEqual(['and I']);
    expect(b.counts.clients).toBe(2);
    expect(ann.state).toBe('Disconnected');
    await carl.stop();
  });
});

describe('an app on two services', () => {
  test('starts when one of them can be reached', async () => {
    await using services = await twoServices();
    await services.a.close();
    await using app = await startEndpointApp({ endpoints: services.seenFrom('a') });
    expect((await app.negotiate()).url.startsWith(services.b.url)).toBe(true);
    expect(app.log.lines).toContain('warn: A server connection could not be opened; it is tried again.');
  });

  test('does not start when none can be reached', async () => {
    const services = await twoServices();
    await services[Symbol.asyncDispose]();
    await expect(startEndpointApp({ endpoints: services.seenFrom('a'), startTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('that are both gone refuses clients, and sends fail', async () => {
    await using services = await twoServices();
    await using app = await startEndpointApp({ endpoints: services.seenFrom('a') });
    await Promise.all([services.a.close(), services.b.close()]);
    await expect.poll(async () => (await app.negotiate()).text).toContain('is not connected yet');
    const { clients, groups } = app.signalr.hub('FeatureHub');
    await expect(clients.all.send('got', 'x')).rejects.toMatchObject({ code: 'not-connected' });
    await expect(groups.add('x', 'y')).rejects.toMatchObject({ code: 'not-connected' });
    await expect(clients.client('x').invoke('answer', 'y')).rejects.toMatchObject({ code: 'not-connected' });
  });
});

test('a primary service that comes back gets clients again, and sends', async () => {
  await using services = await twoServices();
  await using app = await startEndpointApp({ endpoints: services.seenFrom('a') });
  const { port } = new URL(services.a.url);
  await services.a.close();
  await expect.poll(async () => (await app.negotiate()).url.startsWith(services.b.url)).toBe(true);
  await using again = await startService({ host: '127.0.0.1', port: Number(port) });
  const isBack = async () => (await app.negotiate()).url.startsWith(again.url);
  await expect.poll(isBack, { timeout: 10_000 }).toBe(true);
  const client = await app.connect('user=ann');
  const got = new Calls(client, 'got');
  await app.signalr.hub('FeatureHub').clients.user('ann').send('got', 'again');
  expect(await got.next()).toEqual(['again']);
  await client.stop();
});

describe('a router', () => {
  const named = (names: readonly string[]): EndpointRouter['endpointsForBroadcast'] => {
    return (endpoints) => endpoints.filter(({ name }) => names.includes(name));
  };

  test('sends clients where it wants, by their request', async () => {
    await using services = await twoServices();
    const router: Partial<EndpointRouter> = {
      negotiateEndpoint: ({ query }, endpoints) => endpoints.find(({ name }) => name === query.get('to')),
    };
    await using app = await startEndpointApp({ endpoints: services.seenFrom('a'), router });
    expect((await app.negotiate('to=a')).url.startsWith(services.a.url)).toBe(true);
    expect((await app.negotiate('to=b')).url.startsWith(services.b.url)).toBe(true);
    expect(await app.negotiate()).toMatchObject({ status: 500, text: 'Unable to get the negotiate endpoint' });
  });

  test('chooses who gets sends; the rest is as without it', async () => {
    await using services = await twoServices();
    class OnlyA implements Partial<EndpointRouter> {
      readonly #names = ['a'];
      endpointsForBroadcast(endpoints: Parameters<EndpointRouter['endpointsForBroadcast']>[0]) {
        return named(this.#names)(endpoints);
      }
    }
    await using west = await startEndpointApp({ endpoints: services.seenFrom('b') });
    await using east = await startEndpointApp({ endpoints: services.seenFrom('a'), router: new OnlyA() });
    const [ann, bob] = [await east.connect('user=ann'), await west.connect('user=bob')];
    const [annGot, bobGot] = [new Calls(ann, 'got'), new Calls(bob, 'got')];
    await ann.invoke('sendAll', 'all of a');
    await ann.invoke('sendUsers', ['ann', 'bob'], 'users');
    expect([await annGot.next(), await annGot.next()]).toEqual([['all of a'], ['users']]);
    expect(await bobGot.next()).toEqual(['users']);
    await Promise.all([ann.stop(), bob.stop()]);
  });

  test('that chooses nothing sends nowhere, which is logged; nobody can be asked', async () => {
    await using services = await twoServices();
    const router = { endpointsForBroadcast: () => [], endpointsForGroup: () => [], endpointsForConnection: () => [] };
    await using app = await startEndpointApp({ endpoints: services.seenFrom('a'), router });
    const { clients, groups } = app.signalr.hub('FeatureHub');
    await clients.all.send('got', 'x');
    await groups.add('nobody', 'g');
    expect(app.log.lines).toEqual(
      Array.from({ length: 2 }, () => 'warn: A message was sent nowhere, because the router chose no endpoint for it.'),
    );
    await expect(clients.client('x').invoke('answer', 'y')).rejects.toMatchObject({ code: 'client-result-failed' });
  });

  test('that throws fails the send, and the negotiate request', async () => {
    await using services = await twoServices();
    const fail = () => {
      throw new Error('no idea');
    };
    const router = { endpointsForUser: fail, negotiateEndpoint: fail };
    await using app = await startEndpointApp({ endpoints: services.seenFrom('a'), router });
    await expect(app.signalr.hub('FeatureHub').clients.user('ann').send('got', 'x')).rejects.toThrow('no idea');
    expect((await app.negotiate()).status).toBe(500);
  });
});
