import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { fetchAccessKey } from './fetch-access-key.ts';

interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A service with one answer. */
async function answering({ status = 200, body = '', headers = {} }: Answer) {
  const requests: Pick<IncomingMessage, 'method' | 'url' | 'headers'>[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/prefix/`, requests, close, [Symbol.asyncDispose]: close };
}

const BEARER = 'header.payload.signature';

test('asks with the bearer, and gives what the service hands out', async () => {
  await using service = await answering({ body: '{"KeyId":"id","AccessKey":"secret","More":1}' });
  expect(await fetchAccessKey(service.url, BEARER)).toEqual({ keyId: 'id', accessKey: 'secret' });
  expect(service.requests).toMatchObject([
    { method: 'GET', url: '/prefix/api/v1/auth/accessKey', headers: { authorization: `Bearer ${BEARER}` } },
  ]);
});

describe('a refusal says what to do', () => {
  test.each<[number, string, boolean, string]>([
    [401, 'Wrong tenant.', true, '(401). Wrong tenant. The service does not take this identity'],
    [403, '', true, "(403). Give the identity the role 'SignalR App Server'"],
    [404, '', true, '(404). There is no such service at this address.'],
    [400, '', true, '(400). The service does not hand out keys'],
    [503, 'Busy.', false, '(503). Busy.'],
  ])('%i %s', async (status, body, isFinal, words) => {
    await using service = await answering({ status, body });
    const refusal = { code: 'sign-in-failed', isFinal, message: expect.stringContaining(words) };
    await expect(fetchAccessKey(service.url, BEARER)).rejects.toMatchObject(refusal);
  });

  test('and never repeats the token', async () => {
    await using service = await answering({ status: 401, body: `'${BEARER}' is not valid.` });
    await expect(fetchAccessKey(service.url, BEARER)).rejects.toThrow("'…' is not valid.");
  });
});

test.each(['', 'null', '[]', '{}', '{"KeyId":"id"}', '{"KeyId":"","AccessKey":"x"}', '{"KeyId":1,"AccessKey":"x"}'])(
  'an answer without a key is an error: %s',
  async (body) => {
    await using service = await answering({ body });
    const failure = { code: 'sign-in-failed', message: 'The service answered without AccessKey and KeyId.' };
    await expect(fetchAccessKey(service.url, BEARER)).rejects.toMatchObject(failure);
  },
);

test('no other address gets the token', async () => {
  await using other = await answering({ body: '{"KeyId":"id","AccessKey":"secret"}' });
  await using service = await answering({ status: 307, headers: { Location: other.url } });
  await expect(fetchAccessKey(service.url, BEARER)).rejects.toMatchObject({ code: 'sign-in-failed' });
  expect(other.requests).toEqual([]);
});

test('a service that is not there is told', async () => {
  const service = await answering({});
  await service.close();
  await expect(fetchAccessKey(service.url, BEARER)).rejects.toMatchObject({
    code: 'sign-in-failed',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});
