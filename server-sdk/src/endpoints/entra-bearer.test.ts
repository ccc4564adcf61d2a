import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EndpointCredential, EntraAccessToken } from './credential.ts';
import { EntraBearer } from './entra-bearer.ts';

function bearerOf(credential: EndpointCredential) {
  const clock = { now: 1_000_000_000_000 };
  return { clock, bearer: new EntraBearer(credential, () => clock.now) };
}

const MINUTE = 60_000;

describe('a credential of @azure/identity', () => {
  function counted() {
    const asked: (string | string[])[] = [];
    const { clock, bearer } = bearerOf({
      async getToken(scopes): Promise<EntraAccessToken> {
        asked.push(scopes);
        return { token: `token ${asked.length}`, expiresOnTimestamp: clock.now + 60 * MINUTE };
      },
    });
    return { clock, bearer, asked };
  }

  test('is asked once for all who want a token, and again two minutes before it ends', async () => {
    const { clock, bearer, asked } = counted();
    expect(await Promise.all([bearer.get(), bearer.get()])).toEqual(['token 1', 'token 1']);
    clock.now += 58 * MINUTE - 1;
    expect(await bearer.get()).toBe('token 1');
    clock.now += 1;
    expect(await bearer.get()).toBe('token 2');
    expect(asked).toEqual(['https://signalr.azure.com/.default', 'https://signalr.azure.com/.default']);
  });
});

describe('a function', () => {
  test('is asked again by the expiry in its token', async () => {
    let asked = 0;
    const { clock, bearer } = bearerOf(() => {
      asked += 1;
      const expiresAt = Math.floor(clock.now / 1000) + 3600;
      return new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(expiresAt).sign(new Uint8Array(32));
    });
    const first = await bearer.get();
    expect(await bearer.get()).toBe(first);
    clock.now += 59 * MINUTE;
    expect(await bearer.get()).not.toBe(first);
    expect(asked).toBe(2);
  });

  test('whose tokens cannot be read is asked each time', async () => {
    let asked = 0;
    const { bearer } = bearerOf(() => `opaque ${++asked}`);
    expect([await bearer.get(), await bearer.get()]).toEqual(['opaque 1', 'opaque 2']);
  });
});

describe('no token', () => {
  const nothing: unknown = undefined;
  test.each<[string, EndpointCredential, string]>([
    ['a rejection', () => Promise.reject(new Error('Run az login.')), 'Run az login.'],
    [
      'an exception',
      () => {
        throw new Error('No network.');
      },
      'No network.',
    ],
    ['null', { getToken: async () => null }, 'It gave null'],
    ['an empty text', () => '', 'It gave no text.'],
    ['no text at all', () => nothing as string, 'It gave no text.'],
  ])('%s is told in words, and the next one is asked anew', async (_text, credential, words) => {
    const { bearer } = bearerOf(credential);
    const error = { code: 'sign-in-failed', message: expect.stringContaining(words) };
    await expect(bearer.get()).rejects.toMatchObject(error);
    await expect(bearer.get()).rejects.toMatchObject(error);
  });
});

describe('a credential that does not answer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('has failed after thirty seconds', async () => {
    const { bearer } = bearerOf(() => new Promise<string>(() => {}));
    const refused = expect(bearer.get()).rejects.toThrow('It did not answer within 30 s.');
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
  });
});
