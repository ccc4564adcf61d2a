import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { ControlScene, GROUP_PATH } from '../../test/control-plane/control-scene.ts';

const RESOURCE = `${GROUP_PATH}/my-service`;

describe('the control port', () => {
  test('says in plain text what it is', async () => {
    const { status, body } = await new ControlScene().call('GET', '/');
    expect(status).toBe(200);
    expect(body).toContain('control port of signalite');
  });

  test.each([
    '/nowhere',
    '/subscriptions',
    `${RESOURCE}/nothing`,
    `${RESOURCE}/skus/more`,
    '/providers/Other/operations',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await new ControlScene().call('GET', path);
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: { code: 'NotFound', message: expect.stringContaining(path) } });
  });

  test.each([
    { method: 'POST', path: RESOURCE, allow: 'GET, PUT, PATCH, DELETE' },
    { method: 'GET', path: `${RESOURCE}/listKeys`, allow: 'POST' },
    { method: 'OPTIONS', path: RESOURCE, allow: 'GET, PUT, PATCH, DELETE' },
  ])('does not take $method $path', async ({ method, path, allow }) => {
    const { status, headers, body } = await new ControlScene().call(method, path);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(body).toMatchObject({ error: { code: 'MethodNotAllowed', message: expect.stringContaining(allow) } });
  });

  test.each([
    { query: '?', code: 'MissingApiVersionParameter' },
    { query: '?api-version=1999-01-01', code: 'InvalidApiVersionParameter' },
  ])('needs a version that is known: $code', async ({ query, code }) => {
    const { status, body } = await new ControlScene().call('GET', `${RESOURCE}${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code } });
  });

  test.each([
    'privateLinkResources',
    'privateEndpointConnections/x',
    'customDomains',
    'customCertificates/x',
    'replicas/x/restart',
    'sharedPrivateLinkResources',
  ])('says that %s is not served', async (part) => {
    for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
      const { status, body } = await new ControlScene().call(method, `${RESOURCE}/${part}`);
      expect(status).toBe(501);
      expect(body).toMatchObject({
        error: {
          code: 'NotImplemented',
          message: expect.stringMatching(
            /(links?|domains|connections|certificates|replicas|resources) are not served/i,
          ),
        },
      });
    }
  });

  test('takes any bearer token', async () => {
    const scene = new ControlScene();
    const { status } = await scene.call('GET', GROUP_PATH, undefined, { authorization: 'Bearer anything' });
    expect(status).toBe(200);
  });

  test('puts ids on every answer, and gives back the one it was given', async () => {
    const scene = new ControlScene();
    const paths = [GROUP_PATH, '/nowhere', '/'];
    const answers = await Promise.all(paths.map((path) => scene.call('GET', path)));
    const ids = answers.map(({ headers }) => headers.get('x-ms-request-id'));
    expect(new Set(ids).size).toBe(paths.length);
    expect(ids).not.toContain(null);
    const given = { 'x-ms-correlation-request-id': 'my-own-id' };
    const { headers } = await scene.call('GET', GROUP_PATH, undefined, given);
    expect(headers.get('x-ms-correlation-request-id')).toBe('my-own-id');
    const strange = await scene.call('GET', GROUP_PATH, undefined, { 'x-ms-correlation-request-id': 'a b' });
    expect(strange.headers.get('x-ms-correlation-request-id')).toBe(strange.headers.get('x-ms-request-id'));
  });

  test('refuses a path that cannot be decoded', async () => {
    const { status, body } = await new ControlScene().call('GET', `${GROUP_PATH}/%ff`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'BadRequest' } });
  });

  test('answers 500 to what nobody foresaw, and keeps it to itself', async () => {
    const faults: string[] = [];
    const scene = new ControlScene({ onFault: (message) => faults.push(message) });
    scene.resources.failure = new Error('a bug with a secret');
    const { status, body } = await scene.put('my-service');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(faults).toEqual(['a bug with a secret']);
  });

  test('has room for the routes of others, behind the same guard', async () => {
    const extension = new Hono().get('/metrics', (c) => c.text('some metrics'));
    const scene = new ControlScene({ extensions: [extension] });
    expect(await scene.call('GET', '/metrics')).toMatchObject({ status: 200, body: 'some metrics' });
    const page = await scene.call('GET', '/metrics', undefined, { origin: 'http://localhost:8889' });
    expect(page.status).toBe(403);
    expect((await scene.call('GET', GROUP_PATH)).status).toBe(200);
  });
});

describe('callers that are refused', () => {
  test.each([{ origin: 'http://evil.example' }, { host: 'evil.example:8889' }])('%j are told of', async (headers) => {
    const refused: unknown[] = [];
    const scene = new ControlScene({ onRefused: (refusal) => refused.push(refusal) });
    const { status, body } = await scene.call('POST', `${RESOURCE}/listKeys`, undefined, { ...headers });
    expect(status).toBe(403);
    expect(body).toMatchObject({ error: { code: 'Forbidden' } });
    expect(refused).toEqual([{ path: `${RESOURCE}/listKeys`, status: 403, reason: expect.any(String) }]);
  });
});

describe('bodies', () => {
  test.each(['', '{', '[]', 'null', '"text"', '7'])('%j is no resource', async (body) => {
    const answer = await new ControlScene().call('PUT', RESOURCE, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidRequestContent' } } });
  });

  test('have a bound', async () => {
    const scene = new ControlScene({ maxBodyBytes: 100 });
    expect((await scene.put('my-service')).status).toBe(201);
    const { status, body } = await scene.put('my-service', { tags: { a: 'b'.repeat(100) } });
    expect(status).toBe(413);
    expect(body).toMatchObject({ error: { code: 'RequestTooLarge', message: expect.stringContaining('100 bytes') } });
  });

  test('have a deadline', async () => {
    const scene = new ControlScene({ bodyTimeoutMs: 10 });
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{')),
      cancel: () => {
        isCancelled = true;
      },
    });
    const init = { method: 'PUT', body: endless, duplex: 'half' };
    const response = await scene.app.request(`http://localhost${RESOURCE}?api-version=2023-02-01`, init);
    expect(response.status).toBe(408);
    expect(await response.json()).toMatchObject({ error: { code: 'RequestTimeout' } });
    expect(isCancelled).toBe(true);
  });
});
