// rest-api 3.4.
import { expect, test } from 'vitest';
import { type EntraOptions, entraRuleOf } from './entra-options.ts';

const ISSUER = 'https://sts.windows.net/tenant/';
const JWKS = 'https://login.microsoftonline.com/tenant/discovery/v2.0/keys';

test('off is no rule, wherever the service listens', () => {
  expect(entraRuleOf({ mode: 'off' }, '0.0.0.0')).toBeUndefined();
});

test.each(['localhost', '127.0.0.1', '127.8.8.8', '::1'])('on %s tokens may be trusted', (host) => {
  expect(entraRuleOf({ mode: 'trust' }, host)).toEqual({ mode: 'trust', audience: 'https://signalr.azure.com' });
});

test.each(['0.0.0.0', '::', '192.168.1.7', 'chat.example', 'localhost.example'])(
  'on %s they must be verified',
  (host) => {
    expect(() => entraRuleOf({ mode: 'trust' }, host)).toThrow(
      /^Without a check .* Listen on localhost, or verify them/,
    );
    const rule = entraRuleOf({ mode: 'verify', issuer: ISSUER, jwks: JWKS, audience: 'api://x' }, host);
    expect(rule).toEqual({ mode: 'verify', issuer: ISSUER, jwks: new URL(JWKS), audience: 'api://x' });
  },
);

test.each<[EntraOptions, RegExp]>([
  [{ mode: 'verify' }, /takes their issuer and the URL of its keys: --entra-issuer and --entra-jwks\.$/],
  [{ mode: 'verify', issuer: ISSUER }, /--entra-jwks/],
  [{ mode: 'verify', jwks: JWKS }, /--entra-issuer/],
  [{ mode: 'verify', issuer: ISSUER, jwks: 'keys.json' }, /must be at an http or https URL/],
  [{ mode: 'verify', issuer: ISSUER, jwks: 'file:///keys.json' }, /must be at an http or https URL/],
  [{ mode: 'trust', issuer: ISSUER }, /give --entra verify\.$/],
  [{ mode: 'off', jwks: JWKS }, /give --entra verify\.$/],
  [{ mode: 'trust', audience: '' }, /must not be empty/],
])('%j cannot be used', (options, message) => {
  expect(() => entraRuleOf(options, 'localhost')).toThrow(
    expect.objectContaining({
      name: 'ServiceStartError',
      code: 'invalid-option',
      message: expect.stringMatching(message),
    }),
  );
});
