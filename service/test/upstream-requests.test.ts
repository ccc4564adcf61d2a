// What upstreams are sent (upstream-and-emulator 1, 2.1 to 2.3, 2.6).
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { signatureOf } from '../src/upstream/signature.ts';
import { UpstreamListener } from './support/upstream-listener.ts';
import { CLIENT, INVOKE, openUpstream, PRIMARY_KEY, SECONDARY_KEY } from './support/upstream-scene.ts';

// Headers that every HTTP client sends.
const HTTP_HEADERS = ['connection', 'content-length', 'host'];

test('connected: JSON, and nothing about a user who is none', async () => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(`${app.url}/{hub}/api/{category}/{event}?code=k%2B`);
  await scene.upstream.connected(CLIENT);
  const { method, url, headers, body } = await app.calls.next();
  expect({ method, url, body: body.toString() }).toEqual({
    method: 'POST',
    url: '/chat/api/connections/connected?code=k%2B',
    body: '{"type":10}',
  });
  const own = Object.entries(headers).filter(([name]) => !HTTP_HEADERS.includes(name));
  expect(Object.fromEntries(own)).toEqual({
    'content-type': 'application/json',
    'x-asrs-connection-id': 'c1',
    'x-asrs-hub': 'chat',
    'x-asrs-category': 'connections',
    'x-asrs-event': 'connected',
    'x-asrs-signature': signatureOf('c1', [PRIMARY_KEY]),
  });
  expect(scene.events.all).toEqual([]);
});

test.each([
  { error: undefined, body: '{"Type":11}' },
  { error: 'It "broke".', body: '{"Type":11,"Error":"It \\"broke\\"."}' },
])('disconnected with error $error', async ({ error, body }) => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(app.url);
  await scene.upstream.disconnected(CLIENT, error);
  const call = await app.calls.next();
  expect(call.body.toString()).toBe(body);
  expect(call.headers).toMatchObject({
    'content-type': 'application/json',
    'x-asrs-category': 'connections',
    'x-asrs-event': 'disconnected',
  });
});

test.each([
  { hubProtocol: 'json', contentType: 'application/json' },
  { hubProtocol: 'messagepack', contentType: 'application/x-msgpack' },
] as const)('a message of a $hubProtocol client, byte for byte', async ({ hubProtocol, contentType }) => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(`${app.url}/{event}`);
  // Whatever it is: upstreams get what the client sent.
  const body = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  await scene.upstream.message(CLIENT, { target: 'a/b c', hubProtocol, body, isInvoke: false });
  const call = await app.calls.next();
  expect(call.body).toEqual(body);
  expect(call.url).toBe('/a%2Fb%20c');
  expect(call.headers).toMatchObject({
    'content-type': contentType,
    'content-length': '256',
    'x-asrs-category': 'messages',
    'x-asrs-event': 'a/b c',
  });
});

test('user, claims and query arrive, in UTF-8', async () => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(app.url);
  const claims = [
    { type: 'asrs.s.uid', value: 'Zoë' },
    { type: 'role', value: 'Größe' },
    { type: 'asrs.u.iss', value: 'me' },
  ];
  await scene.upstream.connected({ ...CLIENT, userId: 'Zoë 😀', claims, queryString: '?hub=chat&k=1&k=2' });
  expect((await app.calls.next()).headers).toMatchObject({
    'x-asrs-user-id': 'Zoë 😀',
    'x-asrs-user-claims': 'role: Größe, iss: me',
    'x-asrs-client-query': '?hub=chat&k=1&k=2',
  });
});

test('both keys sign, and those that hold when the request is made', async () => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(app.url, { secondaryKey: SECONDARY_KEY });
  await scene.upstream.connected(CLIENT);
  expect((await app.calls.next()).headers['x-asrs-signature']).toBe(signatureOf('c1', [PRIMARY_KEY, SECONDARY_KEY]));
  scene.settings.change({ primaryKey: 'new', secondaryKey: undefined });
  await scene.upstream.connected(CLIENT);
  expect((await app.calls.next()).headers['x-asrs-signature']).toBe(signatureOf('c1', ['new']));
});

describe('templates', () => {
  test('in order; nothing is sent to a later one', async () => {
    await using app = await UpstreamListener.start();
    const templates = [
      { urlTemplate: `${app.url}/connections`, categoryPattern: 'connections' },
      { urlTemplate: `${app.url}/all` },
    ];
    await using scene = openUpstream('', { templates });
    await scene.upstream.connected(CLIENT);
    await scene.upstream.message(CLIENT, INVOKE);
    expect([await app.calls.next(), await app.calls.next()].map(({ url }) => url)).toEqual(['/connections', '/all']);
    expect(app.calls.rest).toEqual([]);
  });

  test('hold from the moment in which they change', async () => {
    await using app = await UpstreamListener.start();
    await using scene = openUpstream(`${app.url}/before`);
    await scene.upstream.connected(CLIENT);
    scene.settings.change({ upstream: [{ urlTemplate: `${app.url}/after` }] });
    await scene.upstream.connected(CLIENT);
    expect([await app.calls.next(), await app.calls.next()].map(({ url }) => url)).toEqual(['/before', '/after']);
  });

  test('that match nothing of a client: an event for messages, silence for connections', async () => {
    await using app = await UpstreamListener.start();
    await using scene = openUpstream('', { templates: [{ urlTemplate: app.url, hubPattern: 'other' }] });
    await scene.upstream.connected(CLIENT);
    await scene.upstream.disconnected(CLIENT, undefined);
    expect(scene.events.all).toEqual([]);
    expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual({ kind: 'no-match' });
    expect(await scene.upstream.message(CLIENT, { ...INVOKE, target: 'x'.repeat(300) })).toEqual({ kind: 'no-match' });
    const about = { name: 'upstreamNotMatched', hub: 'chat', connectionId: 'c1', category: 'messages' };
    expect(scene.events.all).toEqual([
      { ...about, upstreamEvent: 'Send' },
      { ...about, upstreamEvent: 'x'.repeat(200) },
    ]);
    expect(app.calls.rest).toEqual([]);
  });

  test('with a secret: its value in the URL, its absence an event', async () => {
    await using app = await UpstreamListener.start();
    const reference = (name: string) => `{@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/${name})}`;
    const templates = [
      { urlTemplate: `${app.url}/first?code=${reference('unknown')}` },
      { urlTemplate: `${app.url}/second?code=${reference('known')}` },
    ];
    const secretOf = (name: string) => (name === 'known' ? 's3cret==' : undefined);
    await using scene = openUpstream('', { templates, secretOf });
    expect(scene.events.all).toEqual([
      { name: 'upstreamSecretMissing', upstream: `${app.url}/first`, secret: 'unknown' },
    ]);
    await scene.upstream.connected(CLIENT);
    expect((await app.calls.next()).url).toBe('/second?code=s3cret==');
  });

  test('whose URL a client cannot bend to another path', async () => {
    await using app = await UpstreamListener.start();
    await using scene = openUpstream(`${app.url}/api/{event}`);
    expect(await scene.upstream.message(CLIENT, { ...INVOKE, target: '..' })).toEqual({
      kind: 'failed',
      error: 'Invocation failed, status code 500',
    });
    expect(app.calls.rest).toEqual([]);
    expect(scene.events.of('upstreamFailed')).toMatchObject([
      { upstreamEvent: '..', reason: 'Its URL cannot be made for this hub, category and event.' },
    ]);
  });
});

test('a bearer token for managed identity, which the published keys verify', async () => {
  await using app = await UpstreamListener.start();
  const auth = { type: 'ManagedIdentity', managedIdentity: { resource: 'api://app' } } as const;
  await using scene = openUpstream('', { templates: [{ urlTemplate: app.url, auth }] });
  await scene.upstream.connected(CLIENT);
  const { authorization = '' } = (await app.calls.next()).headers;
  expect(authorization).toMatch(/^Bearer /);
  const keys = createLocalJWKSet(await scene.identity.keySet());
  await jwtVerify(authorization.slice('Bearer '.length), keys, { audience: 'api://app' });
});

describe('redirects', () => {
  test.each([307, 308])('%i is followed with the same request', async (status) => {
    await using app = await UpstreamListener.start((call, response) => {
      if (call.url === '/old') response.writeHead(status, { location: '/new?x=1' }).end('moved');
      else response.end();
    });
    await using scene = openUpstream(`${app.url}/old`);
    await scene.upstream.message(CLIENT, INVOKE);
    const [first, second] = [await app.calls.next(), await app.calls.next()];
    expect(second).toEqual({ ...first, url: '/new?x=1' });
    expect(scene.events.all).toEqual([]);
  });

  test.each([301, 302, 303])('%i is not', async (status) => {
    await using app = await UpstreamListener.start((_call, response) => {
      response.writeHead(status, { location: '/new' }).end();
    });
    await using scene = openUpstream(app.url);
    expect(await scene.upstream.message(CLIENT, INVOKE)).toEqual({
      kind: 'failed',
      error: `Invocation failed, status code ${status}`,
    });
    await app.calls.next();
    expect(app.calls.rest).toEqual([]);
  });

  test.each(['', 'file:///etc/passwd', 'http://', 'ftp://h/'])('not to "%s"', async (location) => {
    await using app = await UpstreamListener.start((_call, response) => {
      response.writeHead(307, location === '' ? {} : { location }).end();
    });
    await using scene = openUpstream(app.url);
    expect(await scene.upstream.message(CLIENT, INVOKE)).toMatchObject({ error: 'Invocation failed, status code 307' });
  });

  test('in a circle end after five', async () => {
    await using app = await UpstreamListener.start((call, response) => {
      response.writeHead(308, { location: call.url }).end();
    });
    await using scene = openUpstream(app.url);
    expect(await scene.upstream.message(CLIENT, INVOKE)).toMatchObject({ error: 'Invocation failed, status code 308' });
    expect(app.calls.rest).toHaveLength(6);
  });

  test('take the bearer token to no other host', async () => {
    await using other = await UpstreamListener.start();
    await using app = await UpstreamListener.start((call, response) => {
      const location = call.url === '/' ? '/here' : `${other.url}/there`;
      response.writeHead(307, { location }).end();
    });
    const auth = { type: 'ManagedIdentity' } as const;
    await using scene = openUpstream('', { templates: [{ urlTemplate: `${app.url}/`, auth }] });
    await scene.upstream.connected(CLIENT);
    const [first, second] = [await app.calls.next(), await app.calls.next()];
    expect(second.headers['authorization']).toBe(first.headers['authorization']);
    const third = await other.calls.next();
    expect(third.headers).not.toHaveProperty('authorization');
    expect(third.headers['x-asrs-signature']).toBe(first.headers['x-asrs-signature']);
  });
});

test('connections are kept, and closed with the service', async () => {
  await using app = await UpstreamListener.start();
  await using scene = openUpstream(app.url);
  for (let count = 0; count < 5; count += 1) await scene.upstream.connected(CLIENT);
  // A request may go out before the answer to the last one was read to its end.
  expect(await app.socketCount()).toBeLessThanOrEqual(2);
  await scene.upstream.close();
  await expect.poll(() => app.socketCount()).toBe(0);
});

test('over the bound of connections calls wait', async () => {
  const held: (() => void)[] = [];
  await using app = await UpstreamListener.start((_call, response) => held.push(() => response.end()));
  await using scene = openUpstream(app.url, { limits: { upstreamConnections: 2 } });
  const all = Array.from({ length: 6 }, () => scene.upstream.connected(CLIENT));
  for (let count = 0; count < 6; count += 1) {
    await app.calls.next();
    expect(await app.socketCount()).toBeLessThanOrEqual(2);
    held.shift()?.();
  }
  await Promise.all(all);
});
