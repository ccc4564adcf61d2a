import { area, type Check } from '../check.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Pair, Stage } from '../stage.ts';
import { PackMap, type PackValue } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../wire/service-message.ts';

const NAME_IDENTIFIER = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';
const ROLE = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';

function asMap(value: PackValue | undefined): PackMap {
  requireThat(value instanceof PackMap, 'a map', value);
  return value;
}

/** Claims, headers and query of an OpenConnection. */
function parts([, , claims, headers, query, extensions]: ServiceMessage) {
  return { claims: asMap(claims), headers: asMap(headers), query, extensions: asMap(extensions) };
}

/** The values of a header, whatever its case. */
function header(headers: PackMap, name: string): PackValue | undefined {
  return headers.entries.find(([key]) => String(key).toLowerCase() === name.toLowerCase())?.[1];
}

async function joined(
  stage: Stage,
  options: Parameters<Stage['join']>[1] = {},
): Promise<Pair & { server: Awaited<ReturnType<Stage['server']>> }> {
  const server = await stage.server();
  return { server, ...(await stage.join(server, options)) };
}

export const CLIENT_LIFE_CHECKS: readonly Check[] = area('client-life', { modes: ['Default', 'Classic'] }, [
  {
    id: 'open.names-the-protocol',
    requires: 'OpenConnection carries the hub protocol in extension 3: newer SDKs cannot do without.',
    source: 'service-protocol 7.2',
    async run(stage) {
      const { opened } = await joined(stage, { protocol: 'messagepack' });
      requireEqual('extension 3', parts(opened).extensions.get(3), 'messagepack');
    },
  },
  {
    id: 'open.only-known-extensions',
    requires: 'OpenConnection carries no extension but 1 and 3: older SDKs cannot skip others.',
    source: 'service-protocol 4.3',
    async run(stage) {
      const { extensions } = parts((await joined(stage)).opened);
      const others = extensions.entries.filter(([key]) => key !== 1 && key !== 3);
      requireEqual('other extensions', others, []);
    },
  },
  {
    id: 'open.comes-before-data',
    requires: 'OpenConnection comes first, and the exact handshake request behind it.',
    source: 'service-protocol 7.1',
    async run(stage) {
      const server = await stage.server();
      const client = await stage.client();
      client.socket.send('{"protocol":"json","version":1,"x":[1]}\u001e');
      const first = await server.serviceMessages.next('OpenConnection');
      const second = await server.serviceMessages.next('ConnectionData');
      requireEqual('the types', [first[0], second[0]], [ServiceType.OpenConnection, ServiceType.ConnectionData]);
      requireEqual(
        'the request',
        Buffer.from(second[2] as Uint8Array).toString(),
        '{"protocol":"json","version":1,"x":[1]}\u001e',
      );
    },
  },
  {
    id: 'open.forwards-claims',
    requires: 'Claims are forwarded, JSON arrays as one claim an element, in the order of the token.',
    source: 'service-protocol 2.5',
    async run(stage) {
      const { opened } = await joined(stage, { claims: { 'asrs.s.uid': 'ann', role: ['a', 'b'], n: 5, t: true } });
      const { claims } = parts(opened);
      requireEqual('asrs.s.uid', claims.all('asrs.s.uid'), ['ann']);
      requireEqual('roles', claims.all(ROLE), ['a', 'b']);
      requireEqual('numbers and booleans', [claims.get('n'), claims.get('t')], ['5', 'true']);
    },
  },
  {
    id: 'open.maps-claim-names',
    requires: 'Short names of claims become the long ones that the app set.',
    source: 'service-protocol 2.5',
    async run(stage) {
      const { claims } = parts((await joined(stage, { claims: { nameid: 'ann' } })).opened);
      requireEqual('nameidentifier', claims.get(NAME_IDENTIFIER), 'ann');
    },
  },
  {
    id: 'open.query-begins-with-a-question-mark',
    requires: 'The query begins with ?, keeps its own text, and has no access_token.',
    source: 'service-protocol 7.2',
    async run(stage) {
      const { query } = parts((await joined(stage, { query: 'asrs.op=%2Fchat&x=a%20b' })).opened);
      requireMatch('the query', query, /^\?(.*&)?asrs\.op=%2Fchat&x=a%20b/);
      requireThat(!String(query).includes('access_token'), 'no access_token', query);
    },
  },
  {
    id: 'open.forwards-headers',
    requires: 'Headers of the client are forwarded, those of the hop and the token are not.',
    source: 'service-protocol 7.2',
    async run(stage) {
      const { headers } = parts((await joined(stage, { headers: { 'X-Own': 'mine', Cookie: 'a=b' } })).opened);
      requireEqual('X-Own', header(headers, 'x-own'), ['mine']);
      requireEqual('Cookie', header(headers, 'cookie'), ['a=b']);
      requireEqual('Authorization', header(headers, 'authorization'), undefined);
    },
  },
  {
    id: 'open.names-the-instance',
    requires: 'Asrs-Instance-Id names the instance of the service, once.',
    source: 'service-protocol 7.2',
    async run(stage) {
      const { headers } = parts((await joined(stage, { headers: { 'Asrs-Instance-Id': 'forged' } })).opened);
      const values = header(headers, 'asrs-instance-id');
      requireThat(
        Array.isArray(values) && values.length === 1 && values[0] !== 'forged',
        'one value of the service',
        values,
      );
    },
  },
  {
    id: 'open.forwarded-for',
    requires: 'X-Forwarded-For is there: the SDK takes the address of the client from it.',
    source: 'service-protocol 7.2',
    async run(stage) {
      const { headers } = parts((await joined(stage)).opened);
      requireMatch(
        'X-Forwarded-For',
        (header(headers, 'x-forwarded-for') as readonly string[] | undefined)?.[0],
        /^[\d.]+$|:/,
      );
    },
  },
  {
    id: 'data.bytes-go-up-unchanged',
    requires: 'What a client sends reaches its app server byte for byte.',
    source: 'service-protocol 7.3',
    async run(stage) {
      const { server, client } = await joined(stage);
      const text = '{"type":1,"target":"x","arguments":["\\u00e4 \u{1f600}"]}\u001e{"type":6}\u001e';
      client.socket.send(text);
      const [, , payload] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
      requireEqual('the payload', Buffer.from(payload as Uint8Array).toString(), text);
    },
  },
  {
    id: 'data.bytes-go-down-unchanged',
    requires: 'What the app server sends to a client reaches it byte for byte.',
    source: 'service-protocol 7.3',
    async run(stage) {
      const { server, client } = await joined(stage);
      const text = '{ "type" : 1, "target":"x", "arguments":[ 1.0 ] }\u001e';
      server.sendData(client.connectionId, Buffer.from(text));
      await client.next('the message', 1);
      requireEqual('the frame', client.frames.at(-1)?.data.toString(), text);
    },
  },
  {
    id: 'data.parts-come-whole',
    requires: 'A hub message that an app server sends in parts reaches the client in one WebSocket message.',
    source: 'service-protocol 7.3',
    async run(stage) {
      const server = await stage.server({ generation: 'old' });
      const { client } = await stage.join(server);
      server.sendData(client.connectionId, Buffer.from('{"type":1,"tar'));
      server.sendData(client.connectionId, Buffer.from('get":"x","arguments":[]}\u001e'));
      await client.next('the message', 1);
      requireEqual('the frame', client.frames.at(-1)?.data.toString(), '{"type":1,"target":"x","arguments":[]}\u001e');
    },
  },
  {
    id: 'data.of-another-server-is-ignored',
    requires: 'An app server cannot send as the server of a client that is not its own.',
    source: 'service-protocol 7.3',
    async run(stage) {
      const { server, client } = await joined(stage);
      const other = await stage.server();
      other.sendTo(client.connectionId, 'json', { type: 1, target: 'forged', arguments: [] });
      await other.acked((ackId) => [ServiceType.CheckConnectionExistence, client.connectionId, ackId, NO_EXTENSIONS]);
      server.sendTo(client.connectionId, 'json', { type: 1, target: 'own', arguments: [] });
      requireEqual('the target', (await client.next('the message', 1))['target'], 'own');
    },
  },
  {
    id: 'close.client-leaves',
    requires: 'When a client closes, its app server gets CloseConnection without an error.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, client } = await joined(stage);
      client.socket.close();
      const [, , error] = await server.nextOf(ServiceType.CloseConnection, client.connectionId);
      requireEqual('the error', error ?? '', '');
    },
  },
  {
    id: 'close.client-is-cut-off',
    requires: 'When the network of a client is cut, its app server gets CloseConnection.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, client } = await joined(stage);
      client.socket.drop();
      await server.nextOf(ServiceType.CloseConnection, client.connectionId);
    },
  },
  {
    id: 'close.app-server-ends-it',
    requires: 'CloseConnection of the app server ends the client with a hub Close message and 1000.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, client } = await joined(stage);
      server.send([ServiceType.CloseConnection, client.connectionId, 'because', NO_EXTENSIONS, NO_EXTENSIONS]);
      requireEqual('the Close message', await client.next('a Close message', 7), { type: 7, error: 'because' });
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'close.app-servers-own-words-are-last',
    requires:
      'A Close message of the app server itself is passed on, and not followed by another with a reason to reconnect.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, client } = await joined(stage);
      server.sendTo(client.connectionId, 'json', { type: 7, error: 'bye' });
      server.send([ServiceType.CloseConnection, client.connectionId, '', NO_EXTENSIONS, NO_EXTENSIONS]);
      requireEqual('the Close message', await client.next('a Close message', 7), { type: 7, error: 'bye' });
      await client.ended;
      const more = client.hubMessages.untaken.filter((message) => message['allowReconnect'] === true);
      requireEqual('further Close messages', more, []);
    },
  },
  {
    id: 'close.by-another-server',
    requires:
      'CloseConnection of a server that does not hold the client ends it with leave to reconnect, and tells its own server.',
    source: 'service-protocol 7.4',
    async run(stage) {
      const { server, client } = await joined(stage);
      const other = await stage.server({ connectionType: 2 });
      other.send([ServiceType.CloseConnection, client.connectionId, 'go', NO_EXTENSIONS, NO_EXTENSIONS]);
      const close = await client.next('a Close message', 7);
      requireEqual('the Close message', close, { type: 7, error: 'go', allowReconnect: true });
      await server.nextOf(ServiceType.CloseConnection, client.connectionId);
    },
  },
  {
    id: 'close.server-connection-drops',
    requires: 'When its server connection drops, a client is closed and may come back.',
    source: 'service-protocol 7.5',
    async run(stage) {
      const { server, client } = await joined(stage);
      server.socket.drop();
      const { allowReconnect } = await client.next('a Close message', 7);
      requireEqual('allowReconnect', allowReconnect, true);
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'close.other-connection-drops',
    requires: 'A client does not notice that another connection of its server drops.',
    source: 'service-protocol 7.5',
    async run(stage) {
      const server = await stage.server({ serverId: 'same' });
      const { client } = await stage.join(server);
      const twin = await stage.server({ serverId: 'same' });
      twin.socket.drop();
      await twin.ended;
      server.sendTo(client.connectionId, 'json', { type: 1, target: 'still', arguments: [] });
      await client.next('a message', 1);
    },
  },
  {
    id: 'assign.fewest-clients',
    requires: 'A new client goes to the server with the fewest clients.',
    source: 'service-protocol 7.6',
    severity: 'should',
    async run(stage) {
      const first = await stage.server();
      await stage.join(first);
      const second = await stage.server();
      await stage.join(second);
    },
  },
  {
    id: 'assign.never-to-weak',
    requires: 'A weak connection never gets a client.',
    source: 'service-protocol 5',
    async run(stage) {
      const weak = await stage.server({ connectionType: 2 });
      const server = await stage.server();
      await stage.join(server);
      await weak.acked((ackId) => [ServiceType.CheckUserExistence, 'nobody', ackId, NO_EXTENSIONS]);
      const opened = weak.serviceMessages.untaken.filter(([type]) => type === ServiceType.OpenConnection);
      requireEqual('clients of the weak connection', opened.length, 0);
    },
  },
  {
    id: 'assign.sticky-required',
    requires: 'With asrs.s.ssticky = Required a client goes to the server that asrs.s.sn names, however many it has.',
    source: 'service-protocol 7.6',
    async run(stage) {
      const wanted = await stage.server();
      await stage.server();
      const claims = { 'asrs.s.sn': wanted.serverId, 'asrs.s.ssticky': 'Required' };
      for (let index = 0; index < 3; index++) await stage.join(wanted, { claims });
    },
  },
  {
    id: 'assign.sticky-preferred-elsewhere',
    requires: 'With Preferred a client goes to another server when the named one is not there.',
    source: 'service-protocol 7.6',
    async run(stage) {
      const server = await stage.server();
      await stage.join(server, { claims: { 'asrs.s.sn': 'absent', 'asrs.s.ssticky': 'Preferred' } });
    },
  },
]);
