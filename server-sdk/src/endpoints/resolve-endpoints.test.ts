import { describe, expect, test } from 'vitest';
import { LineLog } from '../../test/support/line-log.ts';
import { type EndpointsInput, resolveEndpoints } from './resolve-endpoints.ts';
import type { EndpointOptions } from './service-endpoint.ts';

const A = 'Endpoint=https://a.example;AccessKey=key-a;Version=1.0;';
const B = 'Endpoint=https://b.example;AccessKey=key-b;Version=1.0;';
const WITHOUT_KEY = 'Endpoint=https://c.example;AuthType=azure;Version=1.0;';
const credential = () => 'token';

function resolve(input: EndpointsInput) {
  const log = new LineLog();
  const endpoints = resolveEndpoints(input, log).map(({ address, ...rest }) => ({ ...rest, at: address.endpoint }));
  return { endpoints, log };
}

describe('endpoints', () => {
  test('one connection string is a primary endpoint, named by its address', () => {
    expect(resolve({ connectionString: A }).endpoints).toEqual([
      { name: 'https://a.example', type: 'primary', at: 'https://a.example', credential: undefined },
    ]);
  });

  test('several have names and types of their own', () => {
    const { endpoints, log } = resolve({
      endpoints: [
        { name: 'east', connectionString: A },
        { connectionString: B, type: 'secondary' },
      ],
    });
    expect(endpoints).toMatchObject([
      { name: 'east', type: 'primary', at: 'https://a.example' },
      { name: 'https://b.example', type: 'secondary', at: 'https://b.example' },
    ]);
    expect(log.lines).toEqual([]);
  });

  test('without access key take the credential of their own, else the shared one', () => {
    const own = () => 'own';
    const c2 = WITHOUT_KEY.replace('c.example', 'd.example');
    const { endpoints } = resolve({
      endpoints: [
        { connectionString: A },
        { connectionString: WITHOUT_KEY },
        { connectionString: c2, credential: own },
      ],
      credential,
    });
    expect(endpoints.map((one) => one.credential)).toEqual([undefined, credential, own]);
  });

  test.each<[string, EndpointOptions['type'], EndpointOptions['type'], string]>([
    ['the first', 'primary', 'primary', 'one'],
    ['the primary', 'secondary', 'primary', 'two'],
  ])('one service given twice is used once: %s', (_text, first, second, kept) => {
    const third: EndpointOptions = { name: 'other', connectionString: B };
    const { endpoints, log } = resolve({
      endpoints: [
        { name: 'one', connectionString: A, ...(first && { type: first }) },
        { name: 'two', connectionString: A, ...(second && { type: second }) },
        third,
      ],
    });
    expect(endpoints.map(({ name }) => name)).toEqual([kept, 'other']);
    expect(log.lines).toEqual([
      'warn: Two endpoints are the same service; one is used, a primary one rather than a secondary one.',
    ]);
  });

  const unknownType: string = 'backup';
  const wrong: readonly [string, EndpointsInput, string][] = [
    ['none', {}, 'connectionString: Invalid connection string. Endpoint is missing.'],
    ['both', { connectionString: A, endpoints: [{ connectionString: B }] }, 'Both connectionString and endpoints'],
    ['an empty list', { endpoints: [] }, 'endpoints is empty.'],
    [
      'an unreadable one',
      { endpoints: [{ connectionString: A }, { connectionString: 'nonsense' }] },
      'endpoints[1].connectionString: Invalid connection string.',
    ],
    [
      'two of one name',
      {
        endpoints: [
          { name: 'x', connectionString: A },
          { name: 'x', connectionString: B },
        ],
      },
      "Two endpoints are named 'x'.",
    ],
    ['no primary', { endpoints: [{ connectionString: A, type: 'secondary' }] }, 'No endpoint is primary'],
    [
      'an unknown type',
      { endpoints: [{ connectionString: A, type: unknownType as 'primary' }] },
      "endpoints[0]: type 'backup' is not known. Write primary or secondary.",
    ],
    ['no key', { connectionString: WITHOUT_KEY }, 'connectionString: there is no AccessKey. Add AccessKey=…'],
    ['no key of one', { endpoints: [{ connectionString: WITHOUT_KEY }] }, 'endpoints[0]: there is no AccessKey.'],
  ];

  test.each(wrong)('%s is refused', (_text, input, text) => {
    expect(() => resolve(input)).toThrow(
      expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining(text) }),
    );
  });
});
