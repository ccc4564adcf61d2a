import { EventEmitter } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { parseConnectionString } from '@signalite/protocol';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { LineLog } from '../../test/support/line-log.ts';
import { createEndpoint } from '../endpoints/create-endpoint.ts';
import { EndpointType } from '../endpoints/service-endpoint.ts';
import { SignalRServerError } from '../errors.ts';
import type { NegotiatedHub, NegotiateOptions } from './negotiate.ts';
import { createNegotiateListener, negotiateFetch } from './negotiate-handlers.ts';

const KEY = 'a-key-of-at-least-thirty-two-bytes!!';
const NOW = Date.now();
const SIGNING = { lifetimeMs: 3_600_000, now: () => NOW };
const SETTINGS = {
  name: 'service',
  type: EndpointType.Primary,
  address: parseConnectionString(`Endpoint=http://127.0.0.1;Port=18888;AccessKey=${KEY};Version=1.0;`),
  credential: undefined,
};

function hub(options: Partial<NegotiatedHub> & { readonly algorithm?: 'HS256' | 'HS512' } = {}): NegotiatedHub {
  const { algorithm = 'HS256', ...rest } = options;
  return {
    key: 'myapp_chathub',
    claims: () => ({ handshakeTimeoutMs: 15_000, isDetailed: false }),
    route: async () => ({ kind: 'endpoint', endpoint: createEndpoint(SETTINGS, { ...SIGNING, algorithm }) }),
    admission: {},
    ...rest,
  };
}

function post(url: string): Request {
  return new Request(url, { method: 'POST' });
}

const log = new LineLog();

function fetchAnswer(to: NegotiatedHub, request: Request, options: NegotiateOptions<Request>): Promise<Response> {
  return negotiateFetch(to, request, options, log);
}

async function tokenOf(response: Response): Promise<string> {
  const { accessToken } = (await response.json()) as { accessToken: string };
  return accessToken;
}

describe('negotiate, Fetch style', () => {
  test('sends the client to the service, with its path and query', async () => {
    const response = await fetchAnswer(hub(), post('https://app/chat/negotiate?negotiateVersion=1&foo=b%20r'), {});
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const text = await response.text();
    const { url, accessToken, ...rest } = JSON.parse(text) as Record<string, unknown>;
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      'negotiateVersion',
      'url',
      'accessToken',
      'availableTransports',
    ]);
    expect(rest).toEqual({ negotiateVersion: 0, availableTransports: [] });
    expect(url).toMatch(
      /^http:\/\/127\.0\.0\.1:18888\/client\/\?hub=myapp_chathub&asrs\.op=%2Fchat&negotiateVersion=1&foo=b%20r&asrs_request_id=[\w-]+$/,
    );
    expect(accessToken).toBeTypeOf('string');
  });

  test.each([
    ['https://app/negotiate', ''],
    ['https://app/chat/negotiate/', '&asrs.op=%2Fchat'],
    ['https://app/a/b/negotiate', '&asrs.op=%2Fa%2Fb'],
    ['https://app/chat', '&asrs.op=%2Fchat'],
  ])('%s', async (url, path) => {
    const answer = await (await fetchAnswer(hub(), post(url), {})).json();
    expect(answer).toMatchObject({
      url: expect.stringMatching(`^http://127.0.0.1:18888/client/\\?hub=myapp_chathub${path}&asrs_request_id=`),
    });
  });

  test.each(['HS256', 'HS512'] as const)('the token is signed with %s, for an hour', async (algorithm) => {
    const token = await tokenOf(await fetchAnswer(hub({ algorithm }), post('https://app/negotiate'), {}));
    await jwtVerify(token, new TextEncoder().encode(KEY));
    const seconds = Math.floor(NOW / 1000);
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({
      nbf: seconds,
      exp: seconds + 3600,
      iat: seconds,
      iss: 'azure-signalr',
      aud: 'http://127.0.0.1/client/?hub=myapp_chathub',
    });
  });

  test('the app says who the client is, fixed or by request', async () => {
    const options: NegotiateOptions = {
      userId: async (request) => request.headers.get('x-user') ?? undefined,
      claims: (request) => ({ role: 'admin', host: new URL(request.url).host }),
      expiresAt: new Date(1_800_000_000_000),
      isDiagnosticClient: (request) => request.headers.has('x-user'),
    };
    const request = new Request('https://app/negotiate', { method: 'POST', headers: { 'x-user': 'ann' } });
    const token = await tokenOf(await fetchAnswer(hub(), request, options));
    expect(decodeJwt(token)).toMatchObject({
      'asrs.s.uid': 'ann',
      role: 'admin',
      host: 'app',
      'asrs.s.aeo': '1800000000',
      'asrs.s.dc': 'true',
    });
  });

  test('a token over 4096 characters is refused', async () => {
    const response = await fetchAnswer(hub(), post('https://app/negotiate'), { claims: { big: 'x'.repeat(4000) } });
    expect(response.status).toBe(413);
    expect(await response.text()).toBe('AccessToken must not be longer than 4K.');
  });

  test('without a server connection there is nowhere to send the client', async () => {
    const response = await fetchAnswer(
      hub({ route: async () => ({ kind: 'offline' }) }),
      post('https://app/negotiate'),
      {},
    );
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('Azure SignalR Service is not connected yet, please try again later.');
  });

  test.each([
    [{}, 401, 'Bearer'],
    [{ userId: 'ann' }, 403, null],
  ])('a hub that does not let the client in: %o', async (options, status, challenge) => {
    const closed = hub({ admission: { authorize: () => false }, route: async () => ({ kind: 'offline' }) });
    const response = await fetchAnswer(closed, post('https://app/negotiate'), options);
    expect([response.status, response.headers.get('www-authenticate'), await response.text()]).toEqual([
      status,
      challenge,
      '',
    ]);
  });

  test('an app that could not sign in says nothing, and logs why', async () => {
    const own = new LineLog();
    const fail = () => Promise.reject(new SignalRServerError('sign-in-failed', 'No role.'));
    const tokens = { forServer: fail, forClient: fail, issuedKeys: undefined };
    const route = async () => ({ kind: 'endpoint', endpoint: { ...SETTINGS, tokens } }) as const;
    const response = await negotiateFetch(hub({ route }), post('https://app/negotiate'), {}, own);
    expect([response.status, await response.text()]).toEqual([500, '']);
    expect(own.lines).toEqual(['error: A negotiate request could not be answered.']);
  });

  test('a router that chooses nothing', async () => {
    const response = await fetchAnswer(
      hub({ route: async () => ({ kind: 'none' }) }),
      post('https://app/negotiate'),
      {},
    );
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('Unable to get the negotiate endpoint');
  });

  test('the provider of user ids speaks for clients of whom nothing else is said', async () => {
    const named = hub({ admission: { userIdProvider: (user, { path }) => `${user.value('email')} ${path}` } });
    const options = { claims: { email: 'ann@home' } };
    const token = await tokenOf(await fetchAnswer(named, post('https://app/chat/negotiate'), options));
    expect(decodeJwt(token)).toMatchObject({ 'asrs.s.uid': 'ann@home /chat', email: 'ann@home' });
  });

  test('only POST', async () => {
    const response = await fetchAnswer(hub(), new Request('https://app/negotiate'), {});
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('a body that nobody needs is not waited for', async () => {
    const request = new Request('https://app/negotiate', { method: 'POST', headers: { 'Content-Length': '65537' } });
    expect((await fetchAnswer(hub(), request, {})).status).toBe(413);
  });

  test('what the app throws is logged, and told to nobody', async () => {
    const userId = () => Promise.reject(new Error('no session'));
    const response = await fetchAnswer(hub(), post('https://app/negotiate'), { userId });
    expect([response.status, await response.text()]).toEqual([500, 'The server could not answer.']);
    expect(log.lines.splice(0)).toEqual(['error: A negotiate request could not be answered.']);
  });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** Runs a listener as node:http would, without a socket. */
function ask(
  request: Partial<IncomingMessage> & { originalUrl?: string },
  options: NegotiateOptions<IncomingMessage> = {},
) {
  const log = new LineLog();
  const incoming = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers: {}, ...request });
  const response = new ServerResponse(incoming as IncomingMessage);
  const answered = new Promise<Answer>((resolve) => {
    response.end = (body?: unknown) => {
      resolve({ status: response.statusCode, headers: { ...response.getHeaders() }, body: String(body) });
      return response;
    };
  });
  createNegotiateListener(hub(), options, log)(incoming as IncomingMessage, response);
  return { answered, log };
}

describe('negotiate, node:http style', () => {
  test('answers with the length of the body', async () => {
    const { status, body } = await ask({ url: '/chat/negotiate?x=1' }).answered;
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ url: expect.stringContaining('asrs.op=%2Fchat&x=1') });
  });

  test('knows the whole path behind a router', async () => {
    const { body } = await ask({ url: '/negotiate', originalUrl: '/api/chat/negotiate' }).answered;
    expect(JSON.parse(body)).toMatchObject({ url: expect.stringContaining('asrs.op=%2Fapi%2Fchat&') });
  });

  test.each([
    [{ url: '/other' }, 404],
    [{ url: '/renegotiate' }, 404],
    [{ url: '/negotiate', method: 'GET' }, 405],
  ])('%o', async (request, expected) => {
    expect((await ask(request).answered).status).toBe(expected);
  });

  test('what the app throws is logged, and told to nobody', async () => {
    const userId = () => Promise.reject(new Error('secret'));
    const { answered, log } = ask({ url: '/negotiate' }, { userId });
    expect(await answered).toMatchObject({ status: 500, body: 'The server could not answer.' });
    expect(log.lines).toEqual(['error: A negotiate request could not be answered.']);
  });
});
