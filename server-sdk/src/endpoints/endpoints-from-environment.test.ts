import { expect, test } from 'vitest';
import { type Environment, endpointsFromEnvironment } from './endpoints-from-environment.ts';
import type { EndpointOptions } from './service-endpoint.ts';

const cases: readonly [Environment, EndpointOptions[]][] = [
  [{ Azure__SignalR__ConnectionString: 'c' }, [{ connectionString: 'c' }]],
  [{ 'Azure:SignalR:ConnectionString': 'c', PATH: '/bin' }, [{ connectionString: 'c' }]],
  [{ AZURE__SIGNALR__CONNECTIONSTRING: 'c' }, [{ connectionString: 'c' }]],
  [
    {
      Azure__SignalR__ConnectionString: 'c',
      Azure__SignalR__ConnectionString__East: 'e',
      Azure__SignalR__ConnectionString__West__Secondary: 'w',
      'Azure:SignalR:ConnectionString:North:primary': 'n',
    },
    [
      { connectionString: 'c' },
      { name: 'East', connectionString: 'e' },
      { name: 'West', type: 'secondary', connectionString: 'w' },
      { name: 'North', type: 'primary', connectionString: 'n' },
    ],
  ],
  // What is no type is a part of the name.
  [{ Azure__SignalR__ConnectionString__East__backup: 'e' }, [{ name: 'East:backup', connectionString: 'e' }]],
  [
    { ConnectionStrings__Azure__SignalR__ConnectionString__East__secondary: 'e' },
    [{ name: 'East', type: 'secondary', connectionString: 'e' }],
  ],
  [
    { ConnectionStrings__Azure__SignalR__ConnectionString: 'old', Azure__SignalR__ConnectionString: 'new' },
    [{ connectionString: 'new' }],
  ],
  [
    { Azure__SignalR__ConnectionString: ' ', Azure__SignalR__ConnectionString__East: 'e' },
    [{ name: 'East', connectionString: 'e' }],
  ],
];

test.each(cases)('%o', (environment, endpoints) => {
  expect(endpointsFromEnvironment(environment)).toEqual(endpoints);
});

test.each<Environment>([
  {},
  { Azure__SignalR__ConnectionString: undefined },
  { Azure__SignalR__ConnectionStrings: 'c' },
])('%o has none', (environment) => {
  expect(() => endpointsFromEnvironment(environment)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message: expect.stringContaining('Set it to') }),
  );
});
