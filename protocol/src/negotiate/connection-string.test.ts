import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/hub-bytes.ts';
import { formatConnectionString, parseConnectionString } from './connection-string.ts';
import type { ConnectionStringAuth } from './connection-string-auth.ts';

const KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH=';

function endpoints(text: string): object {
  const { endpoint, clientEndpoint, serverEndpoint, audienceBaseUrl } = parseConnectionString(`${text};AccessKey=k`);
  return { endpoint, clientEndpoint, serverEndpoint, audienceBaseUrl };
}

describe('parseConnectionString', () => {
  test('reads the string of an Azure resource', () => {
    const text = `Endpoint=https://x.service.signalr.net;AccessKey=${KEY};Version=1.0;`;
    expect(parseConnectionString(text)).toStrictEqual({
      endpoint: 'https://x.service.signalr.net',
      clientEndpoint: 'https://x.service.signalr.net/',
      serverEndpoint: 'https://x.service.signalr.net/',
      audienceBaseUrl: 'https://x.service.signalr.net/',
      accessKey: KEY,
      auth: { kind: 'access-key', accessKey: KEY },
      version: '1.0',
    });
  });

  test('puts Port in place of the port of Endpoint, but not into audiences', () => {
    expect(endpoints('Endpoint=http://localhost:1;Port=8888')).toStrictEqual({
      endpoint: 'http://localhost:8888',
      clientEndpoint: 'http://localhost:8888/',
      serverEndpoint: 'http://localhost:8888/',
      audienceBaseUrl: 'http://localhost/',
    });
  });

  test('leaves the ports of ClientEndpoint and ServerEndpoint alone and ends both with a slash', () => {
    const text = 'Endpoint=https://a/;Port=1;ClientEndpoint=https://b:2/pre;ServerEndpoint=http://c:80/x/';
    expect(endpoints(text)).toStrictEqual({
      endpoint: 'https://a:1',
      clientEndpoint: 'https://b:2/pre/',
      serverEndpoint: 'http://c/x/',
      audienceBaseUrl: 'https://a/',
    });
  });

  test.each([
    ['leaves out the own port of the scheme', 'Endpoint=https://A.Example:443', 'https://a.example'],
    ['takes IPv6', 'Endpoint=http://[::1];Port=8888', 'http://[::1]:8888'],
  ])('%s', (_, text, endpoint) => {
    expect(endpoints(text)).toMatchObject({ endpoint });
  });

  test('takes keys without case, white space, empty segments, segments without =, and no version', () => {
    const text = `;; endpoint = http://h ; ACCESSKEY = ${KEY} ;nonsense;Other=1;`;
    expect(parseConnectionString(text)).toMatchObject({ endpoint: 'http://h', accessKey: KEY, version: '1.0' });
  });

  test.each<[string, ConnectionStringAuth]>([
    ['Version=1.0', { kind: 'entra', credential: { method: 'default' } }],
    ['AccessKey=;AuthType=Azure', { kind: 'entra', credential: { method: 'default' } }],
    ['AuthType=azure.msi', { kind: 'entra', credential: { method: 'managed-identity' } }],
    ['AuthType=azure.msi;ClientId=c', { kind: 'entra', credential: { method: 'managed-identity', clientId: 'c' } }],
    ['AuthType=aad', { kind: 'entra', credential: { method: 'managed-identity' } }],
    ['AuthType=aad;ClientId=c', { kind: 'entra', credential: { method: 'managed-identity', clientId: 'c' } }],
    [
      'AuthType=azure.app;ClientId=c;TenantId=t;ClientSecret=s',
      { kind: 'entra', credential: { method: 'client-secret', clientId: 'c', tenantId: 't', clientSecret: 's' } },
    ],
    [
      'AuthType=AAD;ClientId=c;TenantId=t;ClientCert=/p',
      { kind: 'entra', credential: { method: 'client-certificate', clientId: 'c', tenantId: 't', clientCert: '/p' } },
    ],
    ['AuthType=azure.msi;AccessKey=k', { kind: 'access-key', accessKey: 'k' }],
  ])('%s', (text, auth) => {
    const parsed = parseConnectionString(`Endpoint=https://h;${text}`);
    expect(parsed.auth).toStrictEqual(auth);
    expect(parsed.accessKey).toBe(auth.kind === 'access-key' ? auth.accessKey : undefined);
  });

  test.each([
    ['', 'Endpoint is missing.'],
    ['Endpoint=https://h', 'Endpoint is missing.'],
    [`AccessKey=${KEY};Version=1.0`, 'Endpoint is missing.'],
    ['Endpoint=localhost:8888;AccessKey=k', 'Endpoint must be an absolute http or https URL'],
    ['Endpoint=ftp://h;AccessKey=k', 'Endpoint must be an absolute http or https URL'],
    ['Endpoint=http://;AccessKey=k', 'Endpoint must be an absolute http or https URL'],
    ['Endpoint=http://h?a=1;AccessKey=k', 'Endpoint must be a plain URL.'],
    ['Endpoint=http://u:p@h;AccessKey=k', 'Endpoint must be a plain URL.'],
    ['Endpoint=http://h;AccessKey=k;ClientEndpoint=h', 'ClientEndpoint must be an absolute'],
    ['Endpoint=http://h;AccessKey=k;ServerEndpoint=ws://h', 'ServerEndpoint must be an absolute'],
    ['Endpoint=http://h;AccessKey=k;Port=0', 'Port must be a whole number from 1 to 65535.'],
    ['Endpoint=http://h;AccessKey=k;Port=65536', 'Port must be a whole number from 1 to 65535.'],
    ['Endpoint=http://h;AccessKey=k;Port=+1', 'Port must be a whole number from 1 to 65535.'],
    ['Endpoint=http://h;AccessKey=k;Version=2.0', 'Version is not supported.'],
    ['Endpoint=http://h;AccessKey=k;accesskey=k', 'accesskey is given more than once.'],
    [`Endpoint=http://h;${KEY};${KEY};Version=1.0;Version=1.0`, 'A key is given more than once.'],
    ['Endpoint=http://h;AuthType=azure.app;ClientId=c', 'An app registration needs both ClientId and TenantId.'],
    ['Endpoint=http://h;AuthType=azure.app;ClientId=c;TenantId=t', 'needs ClientSecret or ClientCert.'],
  ])('refuses %s', (text, message) => {
    const error = refusal(() => parseConnectionString(text));
    expect(error.code).toBe('invalid-connection-string');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(KEY.slice(0, 10));
  });

  test('says nothing of what it was given, whatever that is', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{20}=$/);
    const part = fc.oneof(
      fc.constantFrom('Endpoint=', 'Port=', 'Version=', 'ClientEndpoint=', 'AuthType=', ''),
      secret,
    );
    fc.assert(
      fc.property(secret, fc.array(part), (key, parts) => {
        const text = [...parts.map((each) => `${each}${key}`), `AccessKey=${key}`].join(';');
        expect(refusal(() => parseConnectionString(text)).message).not.toContain(key.slice(0, 8));
      }),
    );
  });
});

describe('formatConnectionString', () => {
  test('writes the local form with its port apart', () => {
    const auth = { kind: 'access-key', accessKey: KEY } as const;
    expect(formatConnectionString({ endpoint: 'http://localhost:8888', auth })).toBe(
      `Endpoint=http://localhost;Port=8888;AccessKey=${KEY};Version=1.0;`,
    );
  });

  test.each([
    `Endpoint=https://h;AccessKey=${KEY};Version=1.0;`,
    `Endpoint=http://[::1];Port=8888;AccessKey=${KEY};Version=1.1-x;`,
    'Endpoint=https://h;AuthType=azure;Version=1.0;',
    'Endpoint=https://h;AuthType=azure.msi;Version=1.0;',
    'Endpoint=https://h;AuthType=azure.msi;ClientId=c;Version=1.0;',
    'Endpoint=https://h;AuthType=azure.app;ClientId=c;TenantId=t;ClientSecret=s;Version=1.0;',
    'Endpoint=https://h;AuthType=azure.app;ClientId=c;TenantId=t;ClientCert=/p;Version=1.0;',
    'Endpoint=https://h;AccessKey=k;Version=1.0;ClientEndpoint=https://c/a/;ServerEndpoint=http://s:1/;',
  ])('gives back %s', (text) => {
    expect(formatConnectionString(parseConnectionString(text))).toBe(text);
  });

  test.each(['a;b', ' a', 'a '])('refuses the key "%s", which would be read differently', (accessKey) => {
    const auth = { kind: 'access-key', accessKey } as const;
    expect(refusal(() => formatConnectionString({ endpoint: 'http://h', auth })).code).toBe(
      'invalid-connection-string',
    );
  });
});
