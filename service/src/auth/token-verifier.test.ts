// service-protocol 2.1, 2.2.
import { SignJWT } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import { makeToken } from '../../test/support/tokens.ts';
import { AuthMode } from '../config/auth-mode.ts';
import { NO_NETWORK_RULES } from '../network/network-rules.ts';
import { NO_QUOTA } from '../quota/resource-quota.ts';
import { ResourceSettings } from '../settings/resource-settings.ts';
import { HandedOutKeys } from './handed-out-keys.ts';
import { type TokenRefusal, TokenRefusals } from './token-refusal.ts';
import { TokenVerifier } from './token-verifier.ts';

const OLD_KEY = 'old-key-of-these-tests-0123456789-0123';
const NEW_KEY = 'new-key-of-these-tests-0123456789-0123';
const SKEW_MS = 300_000;
const HANDED_OUT_MS = 3 * 3_600_000;
const AUDIENCE = 'http://localhost/client/?hub=chat';
const REQUIRED = { path: ['client'], hub: 'chat', hosts: undefined };

afterEach(() => {
  vi.restoreAllMocks();
});

interface Setup {
  readonly maxRemembered?: number;
  readonly secondaryKey?: string;
  readonly mode?: AuthMode;
}

function create({ maxRemembered = 10, secondaryKey, mode = AuthMode.Strict }: Setup = {}) {
  const settings = new ResourceSettings({
    quota: NO_QUOTA,
    serverlessTimes: {},
    network: NO_NETWORK_RULES,
    name: 'test',
    serviceMode: 'Default',
    primaryKey: OLD_KEY,
    secondaryKey,
    localAuth: true,
    entraAuth: true,
    allowedOrigins: [],
    upstream: [],
  });
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const handedOutKeys = new HandedOutKeys({ validMs: HANDED_OUT_MS, now });
  const verifier = new TokenVerifier(settings, { maxRemembered, clockSkewMs: SKEW_MS, mode, handedOutKeys, now });
  return { settings, clock, verifier, handedOutKeys, signatures: vi.spyOn(crypto.subtle, 'verify') };
}

function tokenOf(userId: string, key = OLD_KEY): Promise<string> {
  return makeToken({ key, audience: AUDIENCE, claims: { nameid: userId } });
}

async function refusalOf(verifier: TokenVerifier, token: string | undefined): Promise<TokenRefusal | undefined> {
  const verification = await verifier.verify(token, REQUIRED);
  return verification.ok ? undefined : verification.refusal;
}

test('a signature is computed once', async () => {
  const { verifier, signatures } = create();
  const token = await tokenOf('ann');
  const first = await verifier.verify(token, REQUIRED);
  expect(first).toMatchObject({ ok: true });
  expect(await verifier.verify(token, REQUIRED)).toEqual(first);
  expect(signatures).toHaveBeenCalledTimes(1);
});

test('claims come in token order, with their types in full', async () => {
  const { verifier } = create();
  const verification = await verifier.verify(await tokenOf('ann'), REQUIRED);
  if (!verification.ok) throw new Error(verification.refusal.text);
  const types = verification.token.claims.map(({ type }) => type.slice(type.lastIndexOf('/') + 1));
  expect(types).toEqual(['nameidentifier', 'aud', 'iat', 'nbf', 'exp']);
});

test('a remembered token is refused once it is expired', async () => {
  const { verifier, clock, signatures } = create();
  const token = await tokenOf('ann');
  expect(await refusalOf(verifier, token)).toBeUndefined();
  // It lives for an hour; tokens count whole seconds.
  clock.now += 3_600_000 + SKEW_MS - 1000;
  expect(await refusalOf(verifier, token)).toBeUndefined();
  clock.now += 2000;
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.expired);
  expect(signatures).toHaveBeenCalledTimes(1);
});

test('a remembered token is refused for another hub', async () => {
  const { verifier } = create();
  const token = await tokenOf('ann');
  expect(await refusalOf(verifier, token)).toBeUndefined();
  const other = await verifier.verify(token, { ...REQUIRED, hub: 'other' });
  expect(other).toEqual({ ok: false, refusal: TokenRefusals.audience });
});

test('a token that came too early is taken later', async () => {
  const { verifier, clock } = create();
  const token = await makeToken({ key: OLD_KEY, audience: 'http://h/client?hub=chat', notBefore: 600 });
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.notYetValid);
  clock.now += 600_000;
  expect(await refusalOf(verifier, token)).toBeUndefined();
});

test('a remembered token is refused after its key was changed', async () => {
  const { verifier, settings } = create();
  const token = await tokenOf('ann');
  expect(await refusalOf(verifier, token)).toBeUndefined();
  settings.change({ primaryKey: NEW_KEY });
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.signature);
  expect(await refusalOf(verifier, await tokenOf('ann', NEW_KEY))).toBeUndefined();
});

test('a key that moves to the second place goes on', async () => {
  const { verifier, settings } = create();
  const token = await tokenOf('ann');
  settings.change({ primaryKey: NEW_KEY, secondaryKey: OLD_KEY });
  expect(await refusalOf(verifier, token)).toBeUndefined();
  settings.change({ secondaryKey: undefined });
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.signature);
});

test('a change of keys during the verification is not missed', async () => {
  const { verifier, settings } = create();
  const token = await tokenOf('ann');
  const verification = refusalOf(verifier, token);
  settings.change({ primaryKey: NEW_KEY });
  expect(await verification).toBe(TokenRefusals.signature);
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.signature);
});

test('a change of the mode has every token verified again', async () => {
  const { verifier, settings, signatures } = create();
  const token = await tokenOf('ann');
  await verifier.verify(token, REQUIRED);
  settings.change({ serviceMode: 'Classic' });
  expect(await refusalOf(verifier, token)).toBeUndefined();
  expect(signatures).toHaveBeenCalledTimes(2);
});

test('other changes forget nothing', async () => {
  const { verifier, settings, signatures } = create();
  const token = await tokenOf('ann');
  await verifier.verify(token, REQUIRED);
  settings.change({ allowedOrigins: ['*'], name: 'other', primaryKey: OLD_KEY });
  await verifier.verify(token, REQUIRED);
  expect(signatures).toHaveBeenCalledTimes(1);
});

test('the tokens used last are remembered, so many and no more', async () => {
  const { verifier, signatures } = create({ maxRemembered: 2 });
  const [ann, bob, cid] = await Promise.all([tokenOf('ann'), tokenOf('bob'), tokenOf('cid')]);
  for (const token of [ann, bob, ann, cid]) await verifier.verify(token, REQUIRED);
  expect(signatures).toHaveBeenCalledTimes(3);
  await verifier.verify(ann, REQUIRED);
  expect(signatures).toHaveBeenCalledTimes(3);
  await verifier.verify(bob, REQUIRED);
  expect(signatures).toHaveBeenCalledTimes(4);
});

test('a refused token is not remembered', async () => {
  const { verifier, signatures } = create({ maxRemembered: 1 });
  const good = await tokenOf('ann');
  const forged = await tokenOf('ann', NEW_KEY);
  await verifier.verify(good, REQUIRED);
  expect(await refusalOf(verifier, forged)).toBe(TokenRefusals.signature);
  expect(await refusalOf(verifier, forged)).toBe(TokenRefusals.signature);
  expect(signatures).toHaveBeenCalledTimes(3);
  expect(await refusalOf(verifier, good)).toBeUndefined();
  expect(signatures).toHaveBeenCalledTimes(3);
});

test.each([undefined, ''])('%s is no token', async (token) => {
  const { verifier } = create();
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.missing);
});

test('leniently, a good signature is enough, and a bad one is not', async () => {
  const { verifier, clock } = create({ mode: AuthMode.Lenient });
  const elsewhere = await makeToken({ key: OLD_KEY, audience: 'http://localhost/anything', claims: {} });
  expect(await refusalOf(verifier, elsewhere)).toBeUndefined();
  const endless = await new SignJWT({ nameid: 'ann' }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(OLD_KEY));
  expect(await refusalOf(verifier, endless)).toBeUndefined();
  const token = await tokenOf('ann');
  clock.now += 365 * 86_400_000;
  expect(await refusalOf(verifier, token)).toBeUndefined();
  expect(await refusalOf(verifier, await tokenOf('ann', NEW_KEY))).toBe(TokenRefusals.signature);
  expect(await refusalOf(verifier, undefined)).toBe(TokenRefusals.missing);
});

test('a token under a handed-out key is verified once, and under that key alone', async () => {
  const { verifier, handedOutKeys, signatures } = create({ secondaryKey: NEW_KEY });
  const { keyId, accessKey } = handedOutKeys.handOut();
  const token = await makeToken({ key: accessKey, keyId, audience: AUDIENCE });
  for (let time = 0; time < 2; time++) expect(await refusalOf(verifier, token)).toBeUndefined();
  expect(signatures).toHaveBeenCalledTimes(1);
  const forged = await makeToken({ key: OLD_KEY, keyId, audience: AUDIENCE });
  expect(await refusalOf(verifier, forged)).toBe(TokenRefusals.handedOutKey);
  expect(signatures).toHaveBeenCalledTimes(2);
});

test('tokens of access keys cost no more while keys are handed out, whatever name they give to theirs', async () => {
  const { verifier, handedOutKeys, signatures } = create();
  handedOutKeys.handOut();
  for (const keyId of ['-618705820', '', '__proto__']) {
    expect(await refusalOf(verifier, await makeToken({ key: OLD_KEY, keyId, audience: AUDIENCE }))).toBeUndefined();
  }
  expect(signatures).toHaveBeenCalledTimes(3);
});

test('a handed-out key outlives a change of the access keys', async () => {
  const { verifier, settings, handedOutKeys } = create();
  const { keyId, accessKey } = handedOutKeys.handOut();
  const token = await makeToken({ key: accessKey, keyId, audience: AUDIENCE });
  const verification = refusalOf(verifier, token);
  settings.change({ primaryKey: NEW_KEY });
  expect([await verification, await refusalOf(verifier, token)]).toEqual([undefined, undefined]);
});

test('without access keys a known token is refused, and taken again when they are back', async () => {
  const { verifier, settings, signatures } = create();
  const token = await tokenOf('ann');
  expect(await refusalOf(verifier, token)).toBeUndefined();
  settings.change({ localAuth: false });
  expect(await refusalOf(verifier, token)).toBe(TokenRefusals.localAuthOff);
  settings.change({ localAuth: true });
  expect(await refusalOf(verifier, token)).toBeUndefined();
  expect(signatures).toHaveBeenCalledTimes(1);
});

test.each([undefined, '', 'nonsense'])('where nothing is checked, %s names nobody', async (text) => {
  const { verifier, signatures } = create({ mode: AuthMode.Off });
  const verification = await verifier.verify(text, REQUIRED);
  expect(verification).toMatchObject({ ok: true, token: { signer: 'nobody', claims: [] } });
  expect(signatures).not.toHaveBeenCalled();
});
