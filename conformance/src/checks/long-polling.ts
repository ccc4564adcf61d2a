import { area, type Check } from '../check.ts';
import { numberOf } from '../counted.ts';
import type { AppServer } from '../peers/app-server.ts';
import { call, type HttpAnswer } from '../peers/http.ts';
import type { Negotiated } from '../peers/negotiated.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { ClientOptions, Stage } from '../stage.ts';
import { requireInTime } from '../until.ts';
import { type HubMessage, type HubProtocolName, HubReader, handshakeRequest } from '../wire/hub-protocol.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const TRANSPORTS_BUT_POLLS = '3';
const WITH_SERVER = ['Default', 'Classic'] as const;
const OCTETS = 'application/octet-stream';
// What the service waits for before it answers a poll with nothing (90 s), and some more.
const IDLE_POLL_MS = 100_000;

/** A long-polling client, greeted by an app server. */
interface Scene {
  readonly server: AppServer;
  readonly client: Negotiated;
  /** Polls until messages come, and gives all of them; pings are not among them. */
  readonly messages: () => Promise<readonly HubMessage[]>;
}

async function scene(
  stage: Stage,
  options: ClientOptions & { readonly protocol?: HubProtocolName } = {},
): Promise<Scene> {
  const { protocol = 'json' } = options;
  const server = await stage.server();
  const client = await stage.negotiated(options);
  requireEqual('the first poll', (await client.poll()).status, 200);
  await client.post(handshakeRequest(protocol));
  await server.nextOf(ServiceType.OpenConnection, client.connectionId);
  await server.nextOf(ServiceType.ConnectionData, client.connectionId);
  const reader = new HubReader(protocol);
  const messages = async () => {
    for (;;) {
      const { status, body } = await client.poll();
      requireEqual('the status of a poll', status, 200);
      const came = reader.push(body).filter(({ type }) => type !== 6);
      if (came.length > 0) return came;
    }
  };
  server.answerHandshake(client.connectionId);
  requireEqual('the handshake response', await messages(), [{ type: 0 }]);
  return { server, client, messages };
}

/** A poll that waits. */
async function polling(client: Negotiated): Promise<{ readonly answer: Promise<HttpAnswer> }> {
  const answer = pending(client);
  // A POST behind it on a connection of its own: when it is answered, the poll was very likely read.
  await client.post('');
  return { answer };
}

/** A poll that nobody waits for when the check fails before. */
function pending(client: Negotiated): Promise<HttpAnswer> {
  const answer = client.poll();
  answer.catch(() => undefined);
  return answer;
}

const news = (argument: unknown): HubMessage => ({ type: 1, target: 'news', arguments: [argument] });

export const LONG_POLLING_CHECKS: readonly Check[] = [
  ...area('long-polling', {}, [
    {
      id: 'first-poll.at-once',
      requires: 'The first poll is answered at once, with nothing.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { status, text, headers } = await (await stage.negotiated()).poll();
        requireEqual('status and body', [status, text, headers['content-length']], [200, '', '0']);
      },
    },
    {
      id: 'answers.not-cached',
      requires: 'No answer to a poll may be cached, refusals included.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const client = await stage.negotiated();
        const unknown = stage.target.clientUrl(`/client/?hub=${stage.hub}&id=unknown`);
        const answers = [await client.poll(), await call(unknown, { headers: client.headers })];
        for (const { headers } of answers) {
          requireMatch('Cache-Control', headers['cache-control'], /no-cache, ?no-store/);
          requireEqual('Pragma', headers['pragma'], 'no-cache');
          requireEqual('Expires', headers['expires'], 'Thu, 01 Jan 1970 00:00:00 GMT');
        }
      },
    },
    {
      id: 'transport.not-offered',
      requires: 'Where a token leaves polls out, they are refused with 404.',
      source: 'client-protocol 2.2',
      async run(stage) {
        const { status, text } = await (
          await stage.negotiated({ claims: { 'asrs.s.htt': TRANSPORTS_BUT_POLLS } })
        ).poll();
        requireEqual('the answer', [status, text], [404, 'LongPolling transport not supported by this end point type']);
      },
    },
    {
      id: 'cache-buster.is-ignored',
      requires: 'A number that clients add against caches changes nothing.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const client = await stage.negotiated();
        const { status } = await call(`${client.url}&_=123`, { headers: client.headers });
        requireEqual('the status', status, 200);
      },
    },
    {
      id: 'delete.ends',
      requires: 'DELETE ends the connection with 202; another one gets 404.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const client = await stage.negotiated();
        await client.poll();
        const first = await client.request('DELETE');
        requireEqual('the answer', [first.status, first.text], [202, '']);
        requireEqual('the status of another', (await client.request('DELETE')).status, 404);
      },
    },
  ]),
  ...area('long-polling', { modes: WITH_SERVER }, [
    {
      id: 'poll.waits-for-messages',
      requires: 'A poll waits, and is answered with what comes, as bytes.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client } = await scene(stage);
        const { answer } = await polling(client);
        server.sendTo(client.connectionId, 'json', news(1));
        const { status, headers, text } = await answer;
        requireEqual('status and type', [status, headers['content-type']], [200, OCTETS]);
        requireEqual('the body', text, '{"type":1,"target":"news","arguments":[1]}\u001e');
        requireEqual('the length', headers['content-length'], `${Buffer.byteLength(text)}`);
      },
    },
    {
      id: 'poll.takes-all-that-waits',
      requires: 'Between two polls messages are kept, and the next one takes them in order.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client, messages } = await scene(stage);
        const count = 20;
        for (let number = 0; number < count; number++) server.sendTo(client.connectionId, 'json', news(number));
        await server.ack((ackId) => [ServiceType.CheckUserExistence, 'nobody', ackId, NO_EXTENSIONS]);
        const came: HubMessage[] = [];
        while (came.length < count) came.push(...(await messages()));
        requireEqual('the numbers', came.map(numberOf), [...Array(count).keys()]);
      },
    },
    {
      id: 'poll.replaced',
      requires: 'A new poll ends the one that waits with 204, and gets the data.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client } = await scene(stage);
        const { answer: first } = await polling(client);
        const second = pending(client);
        const { status, text } = await first;
        requireEqual('the answer of the first', [status, text], [204, '']);
        server.sendTo(client.connectionId, 'json', news('second'));
        const { text: last } = await second;
        requireThat(last.includes('second'), 'the message in the second poll', last);
      },
    },
    {
      id: 'messagepack.as-bytes',
      requires: 'MessagePack travels over polls in both directions byte by byte.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client, messages } = await scene(stage, { protocol: 'messagepack' });
        server.sendTo(client.connectionId, 'messagepack', news(Uint8Array.of(0, 255, 128)));
        const [message] = await messages();
        requireEqual('the argument', message?.['arguments'], [Uint8Array.of(0, 255, 128)]);
        const bytes = Uint8Array.of(2, 0x91, 6);
        await client.post(bytes);
        const [, , came] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        requireEqual('the bytes', came instanceof Uint8Array && [...came], [...bytes]);
      },
    },
    {
      id: 'end.by-the-server',
      requires: 'The poll with the Close message is 200, the next one 204, and then there is nothing (404).',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client, messages } = await scene(stage);
        server.send([ServiceType.CloseConnection, client.connectionId, 'enough', NO_EXTENSIONS]);
        requireEqual('the last messages', await messages(), [{ type: 7, error: 'enough' }]);
        requireEqual('the status of the next poll', (await client.poll()).status, 204);
        requireEqual('and of the one behind it', (await client.poll()).status, 404);
      },
    },
    {
      id: 'delete.tells-the-server',
      requires: 'The app server hears of a DELETE, and a poll that waits is answered.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client } = await scene(stage);
        const { answer } = await polling(client);
        await client.request('DELETE');
        await server.nextOf(ServiceType.CloseConnection, client.connectionId);
        const { status } = await answer;
        requireThat(status === 200 || status === 204, 'an answer of 200 or 204 to the poll', status);
      },
    },
    {
      id: 'post.several-messages',
      requires: 'A POST may hold several messages, or a part of one.',
      source: 'client-protocol 2.2',
      async run(stage) {
        const { server, client } = await scene(stage);
        const texts = ['{"type":6}\u001e{"type":1,"tar', 'get":"A","arguments":[]}\u001e'];
        for (const text of texts) requireEqual('the status', (await client.post(text)).status, 200);
        let came = '';
        while (came.length < texts.join('').length) {
          const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
          came += bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        }
        requireEqual('the bytes', came, texts.join(''));
      },
    },
    {
      id: 'post.before-the-first-poll',
      requires: 'What is posted before the first poll is kept.',
      source: 'client-protocol 2.2',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.negotiated();
        requireEqual('the status', (await client.post(handshakeRequest('json'))).status, 200);
        await client.poll();
        await server.nextOf(ServiceType.OpenConnection, client.connectionId);
        const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        requireEqual(
          'the bytes',
          bytes instanceof Uint8Array && Buffer.from(bytes).toString(),
          handshakeRequest('json'),
        );
      },
    },
    {
      id: 'interval.passed',
      requires: 'A client without a poll for the time that its token allows is gone: the app server hears of it.',
      source: 'client-protocol 2.5',
      async run(stage) {
        const { server, client } = await scene(stage, { claims: { 'asrs.s.ttl': '1' } });
        const gone = server.serviceMessages.next(
          'a CloseConnection',
          ([type, id]) => type === ServiceType.CloseConnection && id === client.connectionId,
          10_000,
        );
        await gone;
        await requireInTime('the status of a poll', async () => (await client.poll()).status, 404);
      },
    },
    {
      id: 'idle.answered-with-nothing',
      requires: 'A poll for which nothing comes is answered with 200 and nothing before clients give up (100 s).',
      source: 'client-protocol 2.5',
      cost: 'minutes',
      async run(stage) {
        const { client } = await scene(stage);
        const { status, text, headers } = await client.poll(IDLE_POLL_MS);
        requireEqual('the answer', [status, text, headers['content-length']], [200, '', '0']);
      },
    },
  ]),
  ...area('long-polling', { modes: ['Serverless'] }, [
    {
      id: 'serverless.greeted',
      requires: 'The service itself greets a client that polls, and REST reaches it.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const client = await stage.negotiated();
        await client.poll();
        await client.post(handshakeRequest('json'));
        requireEqual('the handshake response', (await client.poll()).text, '{}\u001e');
        const path = `/api/hubs/${stage.hub}/connections/${client.connectionId}/:send?api-version=2022-06-01`;
        const body = JSON.stringify({ target: 'news', arguments: [1] });
        await stage.restOk(path, 202, { method: 'POST', body });
        const { text } = await client.poll();
        requireThat(text.includes('"news"'), 'the invocation in a poll', text);
      },
    },
  ]),
];
