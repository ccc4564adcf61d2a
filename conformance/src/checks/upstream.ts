import { createHmac } from 'node:crypto';
import { area, type Check } from '../check.ts';
import type { HubClient } from '../peers/hub-client.ts';
import type { UpstreamAnswer, UpstreamHub, UpstreamRequest } from '../peers/upstream-listener.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { ClientOptions, Stage } from '../stage.ts';
import { encodeHubMessage, type HubMessage } from '../wire/hub-protocol.ts';
import { decodePack } from '../wire/message-pack.ts';

interface Scene {
  readonly upstream: UpstreamHub;
  readonly client: HubClient;
  readonly connected: UpstreamRequest;
}

/** A client that the upstream has heard of. */
async function enter(stage: Stage, options: ClientOptions = {}): Promise<Scene> {
  const upstream = await stage.upstream();
  const client = await stage.serverlessClient(options);
  return { upstream, client, connected: await upstream.next('connected') };
}

/** Invokes 'add', which the upstream answers so; gives the Completion. */
async function invoked(
  stage: Stage,
  answer: (invocationId: string) => UpstreamAnswer,
  options: ClientOptions = {},
): Promise<HubMessage> {
  const { upstream, client } = await enter(stage, options);
  upstream.answer(({ event }) => (event === 'add' ? answer('7') : {}));
  client.send({ type: 1, invocationId: '7', target: 'add', arguments: [1, 2] });
  return client.next('a Completion', 3);
}

/** What an upstream answers with: one framed Completion. */
function completion(protocol: 'json' | 'messagepack', message: Readonly<Record<string, unknown>>): UpstreamAnswer {
  const contentType = protocol === 'json' ? 'application/json' : 'application/x-msgpack';
  return { contentType, body: encodeHubMessage(protocol, { ...message, type: 3 }) };
}

function text(value: string | string[] | undefined): string {
  return Buffer.from(String(value ?? ''), 'latin1').toString('utf8');
}

export const UPSTREAM_CHECKS: readonly Check[] = area('upstream', { modes: ['Serverless'], needs: ['upstream'] }, [
  {
    id: 'connected.request',
    requires: 'A connect is told with POST, category connections, event connected and the body {"type":10}.',
    source: 'upstream-and-emulator 2.2',
    async run(stage) {
      const { connected } = await enter(stage);
      requireEqual(
        'method, category and event',
        [connected.method, connected.category, connected.event],
        ['POST', 'connections', 'connected'],
      );
      requireEqual('the body', JSON.parse(connected.body.toString()), { type: 10 });
      requireMatch('Content-Type', connected.headers['content-type'], /^application\/json/);
    },
  },
  {
    id: 'connected.headers',
    requires: 'The headers name connection, hub, category and event.',
    source: 'upstream-and-emulator 2.1',
    async run(stage) {
      const { connected, client } = await enter(stage);
      const { headers } = connected;
      requireEqual(
        'the headers',
        [headers['x-asrs-connection-id'], headers['x-asrs-hub'], headers['x-asrs-category'], headers['x-asrs-event']],
        [client.connectionId, stage.hub, 'connections', 'connected'],
      );
    },
  },
  {
    id: 'signature',
    requires: 'X-ASRS-Signature holds the HMAC of the connection id under the access key, without spaces.',
    source: 'upstream-and-emulator 2.3',
    async run(stage) {
      const { connected, client } = await enter(stage);
      const signature = String(connected.headers['x-asrs-signature']);
      const hmac = createHmac('sha256', stage.target.endpoints.accessKey).update(client.connectionId).digest('hex');
      const signatures = signature.toLowerCase().split(',');
      requireThat(signatures.includes(`sha256=${hmac}`), `a signature sha256=${hmac}`, signature);
      requireThat(!signature.includes(' '), 'no space', signature);
    },
  },
  {
    id: 'user.id',
    requires: 'X-ASRS-User-Id names the user, and is absent for anonymous clients.',
    source: 'upstream-and-emulator 2.1',
    async run(stage) {
      const { connected } = await enter(stage, { claims: { nameid: 'ann' } });
      requireEqual('X-ASRS-User-Id', connected.headers['x-asrs-user-id'], 'ann');
      const anonymous = await enter(stage);
      requireEqual('X-ASRS-User-Id', anonymous.connected.headers['x-asrs-user-id'], undefined);
    },
  },
  {
    id: 'user.id-beyond-ascii',
    requires: 'A user id beyond ASCII comes as UTF-8.',
    source: 'upstream-and-emulator 2.1',
    severity: 'should',
    async run(stage) {
      const { connected } = await enter(stage, { claims: { nameid: 'änn' } });
      requireEqual('X-ASRS-User-Id', text(connected.headers['x-asrs-user-id']), 'änn');
    },
  },
  {
    id: 'user.claims',
    requires: 'X-ASRS-User-Claims lists the claims with their long names.',
    source: 'upstream-and-emulator 2.1',
    async run(stage) {
      const { connected } = await enter(stage, { claims: { role: 'admin', own: 'x' } });
      const claims = text(connected.headers['x-asrs-user-claims']).split(', ');
      const wanted = ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role: admin', 'own: x'];
      requireEqual(
        'claims',
        wanted.filter((claim) => !claims.includes(claim)),
        [],
      );
    },
  },
  {
    id: 'client-query',
    requires: 'X-ASRS-Client-Query holds the query of the client with its question mark.',
    source: 'upstream-and-emulator 2.1',
    async run(stage) {
      const { connected } = await enter(stage, { query: 'k=1&k=2' });
      requireMatch('X-ASRS-Client-Query', connected.headers['x-asrs-client-query'], /^\?.*k=1&k=2/);
    },
  },
  {
    id: 'disconnected.clean',
    requires: 'The end of a client is told last, with type 11.',
    source: 'upstream-and-emulator 2.2',
    async run(stage) {
      const { upstream, client } = await enter(stage);
      client.socket.close();
      const { body, category } = await upstream.next('disconnected');
      requireEqual('the category', category, 'connections');
      const members = Object.entries(JSON.parse(body.toString()) as object).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]);
      requireEqual('the body', members, [['type', 11]]);
    },
  },
  {
    id: 'disconnected.not-before-the-handshake',
    requires: 'A client without a hub handshake is not told of.',
    source: 'upstream-and-emulator 1.4',
    async run(stage) {
      const upstream = await stage.upstream();
      const client = await stage.client();
      client.socket.close();
      await client.ended;
      const { connected, client: next } = await enter(stage);
      requireEqual('the first that is told of', connected.headers['x-asrs-connection-id'], next.connectionId);
      requireEqual('other requests', upstream.requests.untaken.length, 0);
    },
  },
  {
    id: 'messages.json-body',
    requires: 'An Invocation of a JSON client is told as it is, without its record separator.',
    source: 'upstream-and-emulator 2.2',
    async run(stage) {
      const { upstream, client } = await enter(stage);
      client.socket.send('{"type":1,"target":"say","arguments":[1.0,12345678901234567890,"ä"]}\u001e');
      const { body, headers, category } = await upstream.next('say');
      requireEqual('the category', category, 'messages');
      requireMatch('Content-Type', headers['content-type'], /^application\/json/);
      const sent = body.toString();
      requireThat(!sent.includes('\u001e'), 'no record separator', sent);
      requireThat(sent.includes('12345678901234567890'), 'the number as it was written', sent);
    },
  },
  {
    id: 'messages.messagepack-body',
    requires: 'An Invocation of a MessagePack client is told as an array, without its length prefix.',
    source: 'upstream-and-emulator 2.2',
    async run(stage) {
      const { upstream, client } = await enter(stage, { protocol: 'messagepack' });
      client.send({ type: 1, target: 'say', arguments: [1, 'x'] });
      const { body, headers } = await upstream.next('say');
      requireMatch('Content-Type', headers['content-type'], /^application\/x-msgpack/);
      const value = decodePack(body);
      requireThat(Array.isArray(value), 'an array', value);
      requireEqual(
        'type, id, target and arguments',
        [value[0], value[2], value[3], value[4]],
        [1, null, 'say', [1, 'x']],
      );
    },
  },
  {
    id: 'messages.in-order',
    requires: 'Events of a client come one at a time, in its order.',
    source: 'upstream-and-emulator 2.5',
    async run(stage) {
      const { upstream, client } = await enter(stage);
      let running = 0;
      let most = 0;
      upstream.answer(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return {};
      });
      for (let index = 0; index < 20; index++) client.send({ type: 1, target: `m${index}`, arguments: [] });
      for (let index = 0; index < 20; index++) {
        const { event } = await upstream.requests.next('the next event');
        requireEqual('the event', event, `m${index}`);
      }
      requireEqual('requests at a time', most, 1);
    },
  },
  ...(['json', 'messagepack'] as const).map((protocol) => ({
    id: `invoke.result-${protocol}`,
    requires: `The Completion of the upstream reaches a ${protocol} client.`,
    source: 'upstream-and-emulator 2.4',
    async run(stage: Stage) {
      const message = await invoked(stage, (invocationId) => completion(protocol, { invocationId, result: 3 }), {
        protocol,
      });
      requireEqual('the Completion', message, { type: 3, invocationId: '7', result: 3 });
    },
  })),
  {
    id: 'invoke.error',
    requires: 'An error in the Completion of the upstream reaches the client.',
    source: 'upstream-and-emulator 2.4',
    async run(stage) {
      const message = await invoked(stage, (invocationId) => completion('json', { invocationId, error: 'no' }));
      requireEqual('the Completion', message, { type: 3, invocationId: '7', error: 'no' });
    },
  },
  {
    id: 'invoke.empty-200',
    requires: '200 without a body is a Completion without a result.',
    source: 'upstream-and-emulator 2.4',
    async run(stage) {
      const message = await invoked(stage, () => ({ body: '' }));
      requireThat(!('error' in message) && (message['result'] ?? null) === null, 'no result and no error', message);
    },
  },
  {
    id: 'invoke.204',
    requires: '204 is a Completion without a result.',
    source: 'upstream-and-emulator 2.4',
    async run(stage) {
      const message = await invoked(stage, () => ({ status: 204 }));
      requireThat(!('error' in message) && (message['result'] ?? null) === null, 'no result and no error', message);
    },
  },
  ...[400, 401, 404, 500].map((status) => ({
    id: `invoke.status-${status}`,
    requires: `${status} is the error 'Invocation failed, status code ${status}'.`,
    source: 'upstream-and-emulator 2.4',
    async run(stage: Stage) {
      const message = await invoked(stage, () => ({ status }));
      requireEqual('the error', message['error'], `Invocation failed, status code ${status}`);
    },
  })),
  {
    id: 'invoke.garbage',
    requires: 'A body that is no Completion is an error for the client, and nothing else reaches it.',
    source: 'upstream-and-emulator 2.4',
    severity: 'should',
    async run(stage) {
      const message = await invoked(stage, () => ({ contentType: 'application/json', body: '<html>' }));
      requireEqual('the error', message['error'], 'Invocation failed, invalid response from upstream.');
    },
  },
  {
    id: 'send.hears-nothing',
    requires: 'A failed send is not told to the client.',
    source: 'upstream-and-emulator 2.4',
    async run(stage) {
      const { upstream, client } = await enter(stage);
      upstream.answer(({ event }) =>
        event === 'fails' ? { status: 500 } : completion('json', { invocationId: '1', result: 1 }),
      );
      client.send({ type: 1, target: 'fails', arguments: [] });
      client.send({ type: 1, invocationId: '1', target: 'works', arguments: [] });
      requireEqual('the first message', await client.hubMessages.next('a message'), {
        type: 3,
        invocationId: '1',
        result: 1,
      });
    },
  },
  {
    id: 'connected.failure-rejects-nobody',
    requires: 'A failed connected event does not reject the client.',
    source: 'upstream-and-emulator 0',
    async run(stage) {
      const upstream = await stage.upstream();
      upstream.answer(() => ({ status: 500 }));
      const client = await stage.serverlessClient();
      await upstream.next('connected');
      upstream.answer(() => completion('json', { invocationId: '1', result: 1 }));
      client.send({ type: 1, invocationId: '1', target: 'works', arguments: [] });
      await client.next('a Completion', 3);
    },
  },
]);
