import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessTokenCallback, EndpointCredential } from '@signalite/server';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { startService } from 'signalite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEndpointApp } from './support/endpoint-app.ts';
import { Calls } from './support/official-client.ts';

const ISSUER = 'https://login.example/tenant/v2.0';
const AUDIENCE = 'https://signalr.azure.com';

/** An identity provider of one key: tokens, and where the key is published. */
async function startIdentityProvider() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tokenFor = (audience: string) =>
    new SignJWT({ appid: 'my-app' })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('1h')
      .sign(privateKey);
  return { jwks: `http://127.0.0.1:${port}/keys`, tokenFor, close: () => server.close() };
}

let provider: Awaited<ReturnType<typeof startIdentityProvider>>;

beforeAll(async () => {
  provider = await startIdentityProvider();
});

afterAll(() => provider.close());

function serve(port = 0) {
  const entra = { mode: 'verify', issuer: ISSUER, jwks: provider.jwks } as const;
  return startService({ host: '127.0.0.1', port, entra });
}

describe('a service that checks tokens of Microsoft Entra', () => {
  const credentials: readonly [string, () => EndpointCredential][] = [
    ['a function', (): AccessTokenCallback => () => provider.tokenFor(AUDIENCE)],
    [
      'a credential of @azure/identity',
      () => ({
        async getToken(scopes: string | string[]) {
          expect(scopes).toBe('https://signalr.azure.com/.default');
          return { token: await provider.tokenFor(AUDIENCE), expiresOnTimestamp: Date.now() + 3_600_000 };
        },
      }),
    ],
  ];

  test.each(credentials)('serves clients of an app that signs in with %s', async (_name, credential) => {
    await using service = await serve();
    const connectionString = service.entraConnectionString ?? '';
    expect(connectionString).not.toContain('AccessKey');
    await using app = await startEndpointApp({ connectionString, credential: credential() });
    const client = await app.connect('user=ann');
    const got = new Calls(client, 'got');
    await client.invoke('sendUser', 'ann', 'hello');
    expect(await got.next()).toEqual(['hello']);
    const { accessToken } = await app.negotiate();
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.any(String) });
    expect(decodeJwt(accessToken).iss).toBe('azure-signalr');
    expect(app.log.lines).toEqual([]);
    await client.stop();
  });

  test('and one with an access key may be the endpoints of one app', async () => {
    await using strict = await serve();
    await using plain = await startService({ host: '127.0.0.1', port: 0 });
    await using app = await startEndpointApp({
      endpoints: [
        {
          name: 'strict',
          connectionString: strict.entraConnectionString ?? '',
          credential: () => provider.tokenFor(AUDIENCE),
        },
        { name: 'plain', connectionString: plain.connectionString },
      ],
      router: {
        negotiateEndpoint: ({ query }, endpoints) => endpoints.find(({ name }) => name === query.get('to')),
      },
    });
    const [ann, bob] = [await app.connect('to=strict'), await app.connect('to=plain')];
    const got = new Calls(bob, 'got');
    await ann.invoke('sendOthers', 'hello');
    expect(await got.next()).toEqual(['hello']);
    await Promise.all([ann.stop(), bob.stop()]);
  });

  test('refuses an app with a token for something else, in words and without the token', async () => {
    await using service = await serve();
    const token = await provider.tokenFor('https://management.azure.com');
    const start = startEndpointApp({ connectionString: service.entraConnectionString ?? '', credential: () => token });
    const error = await start.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'connect-failed', message: expect.stringContaining('answered 401') });
    expect(String(error)).not.toContain(token);
  });
});

test('a credential that rejects fails the start at once, and says why', async () => {
  await using service = await serve();
  const credential = () => Promise.reject(new Error('Please run az login.'));
  const start = startEndpointApp({ connectionString: service.entraConnectionString ?? '', credential });
  await expect(start).rejects.toMatchObject({
    code: 'sign-in-failed',
    message: expect.stringMatching(/^The credential gave no Microsoft Entra token for .* Please run az login\.$/),
  });
});
