import { describe, expect, test } from 'vitest';
import { DEFAULT_HUB_OPTIONS, type HubOptions, type SignalROptions } from './options.ts';
import { checkHubNames, resolveHubOptions, resolveOptions } from './resolve-options.ts';

const CONNECTION_STRING = 'Endpoint=http://localhost;Port=8888;AccessKey=secret-key;Version=1.0;';

describe('options of all hubs', () => {
  test('have their defaults', () => {
    const { endpoints, hubDefaults, logger, ...rest } = resolveOptions({ connectionString: CONNECTION_STRING });
    expect(endpoints).toMatchObject([
      { name: 'http://localhost:8888', type: 'primary', address: { accessKey: 'secret-key' }, credential: undefined },
    ]);
    expect(rest).toMatchObject({
      applicationName: '',
      serverConnectionCount: 5,
      maximumServerConnectionCount: Number.POSITIVE_INFINITY,
      startTimeoutMs: 15_000,
      endpointChangeTimeoutMs: 300_000,
      accessTokenLifetimeMs: 3_600_000,
      accessTokenAlgorithm: 'HS256',
      serverStickyMode: 'disabled',
      allowStatefulReconnects: false,
      shutdownMode: 'disconnect',
      shutdownTimeoutMs: 30_000,
      maximumSendBufferBytes: 16 * 1024 * 1024,
    });
  });

  const wrong: readonly [Partial<SignalROptions>, string][] = [
    [{ connectionString: 'nonsense' }, 'connectionString: Invalid connection string. Endpoint is missing.'],
    [
      { connectionString: 'Endpoint=http://localhost;Version=1.0;' },
      'connectionString: there is no AccessKey. Add AccessKey=…',
    ],
    [{ applicationName: '1app' }, 'applicationName must start with a letter'],
    [{ serverConnectionCount: -1 }, 'serverConnectionCount must not be negative.'],
    [{ accessTokenLifetimeMs: 1 }, 'accessTokenLifetimeMs must be at least 1000.'],
  ];

  test.each(wrong)('%o is refused', (options, text) => {
    const resolve = () => resolveOptions({ connectionString: CONNECTION_STRING, ...options });
    expect(resolve).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(text) }),
    );
  });
});

describe('options of a hub', () => {
  test('are its own, else those of all, else the defaults', () => {
    const all = { clientTimeoutIntervalMs: 1, keepAliveIntervalMs: 2, connectionString: CONNECTION_STRING };
    expect(resolveHubOptions(all, { clientTimeoutIntervalMs: 3 })).toEqual({
      ...DEFAULT_HUB_OPTIONS,
      clientTimeoutIntervalMs: 3,
      keepAliveIntervalMs: 2,
    });
  });

  const wrong: readonly HubOptions[] = [
    { keepAliveIntervalMs: 0 },
    { streamBufferCapacity: -1 },
    { maximumReceiveMessageSize: 0 },
    { clientTimeoutIntervalMs: Number.NaN },
    { supportedProtocols: [] },
  ];

  test.each(wrong)('%o is refused', (options) => {
    const [name = ''] = Object.keys(options);
    expect(() => resolveHubOptions({}, options)).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(name) }),
    );
  });

  test('null is no limit', () => {
    expect(resolveHubOptions({}, { maximumReceiveMessageSize: null }).maximumReceiveMessageSize).toBeNull();
  });
});

test.each([
  [[], 'hubs is empty.'],
  [['1hub'], "'1hub' is no hub name."],
  [['Chat', 'chat'], "Two hubs are named 'chat'."],
])('hub names %o are refused', (names, text) => {
  expect(() => checkHubNames(names)).toThrow(text);
});
