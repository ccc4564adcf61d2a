// Unmodified clients in Serverless mode, with an app as Azure Functions runs it behind the service.
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { parseConnectionString } from '@signalite/protocol';
import { type Service, ServiceStartError, startService, WELL_KNOWN_ACCESS_KEY } from 'signalite';
import { describe, expect, test } from 'vitest';
import { functionApp } from './support/function-app.ts';
import { RawClient } from './support/raw-client.ts';
import { RecordedEvents } from './support/recorded-events.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';
import { UpstreamListener } from './support/upstream-listener.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
const FUNCTIONS = {
  'Chat/connections/connected': () => undefined,
  'Chat/connections/disconnected': () => undefined,
  'Chat/messages/Echo': ([value]: readonly unknown[]) => value,
  'Chat/messages/Throw': () => {
    throw new Error('Not today.');
  },
};

async function connect(service: Service, isText: boolean, transport: HttpTransportType): Promise<HubConnection> {
  const { auth } = parseConnectionString(service.connectionString);
  if (auth.kind !== 'access-key') throw new Error('an access key is needed');
  const claims = { nameid: 'Zoë', role: ['a', 'b'] };
  const token = await makeToken({ key: auth.accessKey, audience: sdkAudience('client', 'chat'), claims });
  const builder = new HubConnectionBuilder()
    .withUrl(`${service.url}/client/?hub=chat&k=1&k=2`, { accessTokenFactory: () => token, transport })
    .configureLogging(LogLevel.None);
  if (!isText) builder.withHubProtocol(new MessagePackHubProtocol());
  const connection = builder.build();
  await connection.start();
  return connection;
}

describe.each([
  { protocol: 'JSON', isText: true, transport: 'WebSockets' as const },
  { protocol: 'MessagePack', isText: false, transport: 'WebSockets' as const },
  { protocol: 'JSON', isText: true, transport: 'ServerSentEvents' as const },
  { protocol: 'MessagePack', isText: false, transport: 'LongPolling' as const },
])('the JavaScript client with $protocol over $transport', ({ isText, transport }) => {
  test('calls functions, gets what they give, and is announced', async () => {
    await using app = await UpstreamListener.start(functionApp(FUNCTIONS, [WELL_KNOWN_ACCESS_KEY]));
    const events = new RecordedEvents();
    const upstream = [{ urlTemplate: `${app.url}/runtime/webhooks/signalr` }];
    await using service = await startService({ ...LOCAL, upstream, onEvent: events.listener });
    const connection = await connect(service, isText, HttpTransportType[transport]);
    const values = [42, 'é', true, null, [1, { a: 'b' }]];
    for (const value of values) expect(await connection.invoke('Echo', value)).toEqual(value);
    await expect(connection.invoke('Throw')).rejects.toThrow('Not today.');
    await expect(connection.invoke('Missing')).rejects.toThrow('Invocation failed, status code 404');
    await connection.send('Echo', 'nobody waits');
    const { connectionId } = connection;
    await connection.stop();

    const { headers } = await app.calls.find((call) => call.headers['x-asrs-event'] === 'disconnected');
    expect(headers).toMatchObject({ 'x-asrs-connection-id': connectionId, 'x-asrs-user-id': 'Zoë' });
    const role = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
    expect(headers['x-asrs-user-claims']).toContain(`${role}: a, ${role}: b`);
    expect(headers['x-asrs-client-query']).toMatch(/^\?hub=chat&k=1&k=2&id=/);
    expect(headers['x-asrs-client-query']).not.toContain('access_token');
    expect(app.calls.rest.map((call) => call.headers['x-asrs-event'])).toEqual([
      'connected',
      ...values.map(() => 'Echo'),
      'Throw',
      'Missing',
      'Echo',
    ]);
    expect(events.of('upstreamFailed')).toMatchObject([{ upstreamEvent: 'Missing' }]);
  });
});

test('templates change while clients are connected', async () => {
  await using before = await UpstreamListener.start();
  await using after = await UpstreamListener.start();
  await using service = await startService({ ...LOCAL, upstream: [{ urlTemplate: before.url }] });
  using client = await RawClient.connect(service);
  client.sendText('{"type":1,"target":"One","arguments":[]}\x1e');
  await before.calls.find(({ headers }) => headers['x-asrs-event'] === 'One');
  service.changeUpstream([{ urlTemplate: after.url }]);
  client.sendText('{"type":1,"target":"Two","arguments":[]}\x1e');
  expect((await after.calls.next()).headers['x-asrs-event']).toBe('Two');
});

describe('templates that cannot be used', () => {
  const upstream = [{ urlTemplate: 'http://h/' }, { urlTemplate: 'nowhere' }];
  const problem = new ServiceStartError(
    'invalid-option',
    'The urlTemplate of template 2 must be an absolute URL, such as http://localhost:7071/runtime/webhooks/signalr.',
  );

  test('keep a service from starting', async () => {
    await expect(startService({ ...LOCAL, upstream })).rejects.toThrow(problem);
  });

  test('change nothing of a running one', async () => {
    await using app = await UpstreamListener.start();
    await using service = await startService({ ...LOCAL, upstream: [{ urlTemplate: app.url }] });
    expect(() => service.changeUpstream(upstream)).toThrow(problem);
    using _client = await RawClient.connect(service);
    expect((await app.calls.next()).headers['x-asrs-event']).toBe('connected');
  });
});
