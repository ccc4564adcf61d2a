import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignalRServerError } from '../errors.ts';
import type { IssuedKey } from './endpoint-tokens.ts';
import { EntraTokens } from './entra-tokens.ts';
import { KeyRefusedError } from './fetch-access-key.ts';

const MINUTE = 60_000;
const CONTENT = { audience: 'http://service/client/?hub=chat', claims: { 'asrs.s.uid': 'ann' } };
const UNREACHABLE = new SignalRServerError('sign-in-failed', 'The service could not be asked.');

function keyNumber(number: number): IssuedKey {
  return { keyId: `key ${number}`, accessKey: `access key ${number} of thirty-two bytes and more` };
}

/** A service whose answers to requests for a key are set by the test; without one, each gets the next key. */
function start() {
  const bearers: string[] = [];
  const answers: (Error | Promise<IssuedKey>)[] = [];
  const tokens = new EntraTokens({
    algorithm: 'HS256',
    lifetimeMs: 3_600_000,
    now: Date.now,
    credential: { getToken: async () => ({ token: 'entra', expiresOnTimestamp: Date.now() + 600 * MINUTE }) },
    async fetchKey(bearer) {
      bearers.push(bearer);
      const answer = answers.shift() ?? keyNumber(bearers.length);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const keyOfNext = async () => decodeProtectedHeader(await tokens.forClient(CONTENT)).kid;
  return { tokens, bearers, answers, keyOfNext };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('client tokens', () => {
  test('are signed with a key that is asked for when it is needed first, once for all', async () => {
    const { tokens, bearers } = start();
    const [first, second] = await Promise.all([tokens.forClient(CONTENT), tokens.forClient(CONTENT)]);
    const key = new TextEncoder().encode(keyNumber(1).accessKey);
    for (const token of [first, second]) {
      const { payload, protectedHeader } = await jwtVerify(token, key, { audience: CONTENT.audience });
      expect(payload).toMatchObject({ 'asrs.s.uid': 'ann', iss: 'azure-signalr' });
      expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT', kid: 'key 1' });
    }
    expect(bearers).toEqual(['entra']);
  });

  test('may have a life of their own', async () => {
    const { tokens } = start();
    const token = await tokens.forClient({ ...CONTENT, lifetimeMs: 60_000 });
    const { payload } = await jwtVerify(token, new TextEncoder().encode(keyNumber(1).accessKey));
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  test('are signed with the old key while a new one is on its way, after 55 minutes', async () => {
    const { keyOfNext, bearers } = start();
    await keyOfNext();
    vi.advanceTimersByTime(55 * MINUTE - 1);
    expect([await keyOfNext(), bearers.length]).toEqual(['key 1', 1]);
    vi.advanceTimersByTime(1);
    expect(await keyOfNext()).toBe('key 1');
    await vi.waitFor(async () => expect(await keyOfNext()).toBe('key 2'));
    expect(bearers).toHaveLength(2);
  });

  test('go on with the old key while it cannot be renewed, for 110 minutes; it is tried every five', async () => {
    const { keyOfNext, bearers, answers } = start();
    await keyOfNext();
    answers.push(UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE);
    await vi.advanceTimersByTimeAsync(55 * MINUTE);
    expect(await keyOfNext()).toBe('key 1');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(bearers).toHaveLength(4);
    expect(await keyOfNext()).toBe('key 1');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(bearers).toHaveLength(4);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(await keyOfNext()).toBe('key 1');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(bearers).toHaveLength(7);
    await vi.advanceTimersByTimeAsync(50 * MINUTE);
    expect(await keyOfNext()).toBe('key 8');
  });

  test('take a key that came over a server connection at once, also those that wait', async () => {
    const { tokens, keyOfNext, answers } = start();
    answers.push(new Promise(() => {}));
    const waiting = keyOfNext();
    await vi.advanceTimersByTimeAsync(0);
    tokens.issuedKeys.accept(keyNumber(20));
    expect(await waiting).toBe('key 20');
    tokens.issuedKeys.accept(keyNumber(21));
    expect(await keyOfNext()).toBe('key 21');
  });
});

describe('a key that cannot be had', () => {
  test('is asked for three times, three seconds apart', async () => {
    const { keyOfNext, bearers, answers } = start();
    answers.push(UNREACHABLE, UNREACHABLE);
    const key = keyOfNext();
    await vi.advanceTimersByTimeAsync(5_999);
    expect(bearers).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(await key).toBe('key 3');
  });

  test('fails the token then; the next one asks anew', async () => {
    const { keyOfNext, answers } = start();
    answers.push(UNREACHABLE, UNREACHABLE, UNREACHABLE);
    const refused = expect(keyOfNext()).rejects.toBe(UNREACHABLE);
    await vi.advanceTimersByTimeAsync(6_000);
    await refused;
    expect(await keyOfNext()).toBe('key 4');
  });

  test('because the identity may not have it is not asked for again', async () => {
    const { keyOfNext, bearers, answers } = start();
    answers.push(new KeyRefusedError(403, ''));
    await expect(keyOfNext()).rejects.toThrow("role 'SignalR App Server'");
    expect(bearers).toHaveLength(1);
  });
});

describe('server tokens', () => {
  test('are the token of the app itself', async () => {
    const { tokens, bearers } = start();
    expect(await tokens.forServer(CONTENT)).toBe('entra');
    expect(await tokens.issuedKeys.bearer()).toBe('entra');
    expect(bearers).toEqual([]);
  });

  test('are not waited for when the app closes', async () => {
    const tokens = new EntraTokens({
      algorithm: 'HS256',
      lifetimeMs: 1,
      now: Date.now,
      credential: () => new Promise(() => {}),
      fetchKey: () => Promise.reject(UNREACHABLE),
    });
    const closing = new AbortController();
    const token = tokens.forServer(CONTENT, closing.signal);
    const reason = new Error('closing');
    closing.abort(reason);
    await expect(token).rejects.toBe(reason);
  });
});
