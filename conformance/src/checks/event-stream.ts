import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import type { EventStream } from '../peers/event-stream.ts';
import { json } from '../peers/http.ts';
import type { Negotiated } from '../peers/negotiated.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { ClientOptions, Stage } from '../stage.ts';
import { handshakeRequest, RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const TRANSPORTS_BUT_EVENTS = '5';

/** A client over Server-Sent Events, greeted by an app server. */
interface Scene {
  readonly server: AppServer;
  readonly client: Negotiated;
  readonly stream: EventStream;
}

async function scene(stage: Stage, options: ClientOptions = {}): Promise<Scene> {
  const server = await stage.server();
  const client = await stage.negotiated(options);
  const stream = await stage.events(client);
  await stream.pieces.next('the first line');
  requireEqual('the status of the POST', (await client.post(handshakeRequest('json'))).status, 200);
  await server.nextOf(ServiceType.OpenConnection, client.connectionId);
  await server.nextOf(ServiceType.ConnectionData, client.connectionId);
  server.answerHandshake(client.connectionId);
  await stream.hubMessages.next('the handshake response', ({ type }) => type === 0);
  return { server, client, stream };
}

const WITH_SERVER = ['Default', 'Classic'] as const;
const HEADERS = [
  ['content-type', /^text\/event-stream/, 'The answer is an event stream.'],
  ['cache-control', /no-cache/, 'The answer is not to be cached.'],
  ['content-encoding', /^identity$/, 'The answer is not compressed: that would delay events.'],
] as const;

export const EVENT_STREAM_CHECKS: readonly Check[] = [
  ...area('event-stream', {}, [
    ...HEADERS.map(([name, pattern, requires]) => ({
      id: `head.${name}`,
      requires,
      source: 'client-protocol 2.4',
      async run(stage: Stage) {
        const stream = await stage.events(await stage.negotiated(), { 'Accept-Encoding': 'gzip, deflate' });
        requireEqual('the status', stream.status, 200);
        requireMatch(`the header ${name}`, stream.headers[name], pattern);
      },
    })),
    {
      id: 'head.first-line',
      requires: 'A line with a colon alone comes at once, so that proxies and browsers open.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const stream = await stage.events(await stage.negotiated());
        requireEqual('the first bytes', await stream.pieces.next('the first line'), ':\r\n');
      },
    },
    {
      id: 'accept.among-others',
      requires: 'An Accept header that names event streams among others asks for one.',
      source: 'client-protocol 2.1',
      async run(stage) {
        const stream = await stage.events(await stage.negotiated(), { Accept: 'text/html, text/event-stream' });
        requireMatch('the content type', stream.headers['content-type'], /^text\/event-stream/);
      },
    },
    {
      id: 'token.in-query',
      requires: 'The token may stand in the query: browsers cannot set headers here.',
      source: 'client-protocol 1.2',
      async run(stage) {
        const { url, headers } = await stage.negotiated();
        const token = String(headers['Authorization']).slice('Bearer '.length);
        const stream = await stage.events({ url: `${url}&access_token=${token}`, headers: {} });
        requireEqual('the status', stream.status, 200);
      },
    },
    {
      id: 'transport.not-offered',
      requires: 'Where a token leaves events out, they are refused with 404.',
      source: 'client-protocol 2.2',
      async run(stage) {
        const client = await stage.negotiated({ claims: { 'asrs.s.htt': TRANSPORTS_BUT_EVENTS } });
        const stream = await stage.events(client);
        requireEqual('the status', stream.status, 404);
        await stream.ended;
        requireEqual('the body', stream.raw, 'ServerSentEvents transport not supported by this end point type');
      },
    },
    {
      id: 'protocol.binary-is-refused',
      requires: 'A hub protocol of bytes is refused in its handshake, and the stream ends.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { client, stream } = await opened(stage);
        await client.post(handshakeRequest('messagepack'));
        const { error } = await stream.hubMessages.next('the handshake response', ({ type }) => type === 0);
        const text = 'The transport does not support ';
        requireEqual(
          'the error',
          error,
          `Cannot use the 'messagepack' protocol on the current transport. ${text}'Binary' transfer format.`,
        );
        await stream.ended;
      },
    },
    {
      id: 'second.is-refused',
      requires: 'A second stream for a connection gets 409.',
      source: 'client-protocol 2.2',
      async run(stage) {
        const { client } = await opened(stage);
        requireEqual('the status', (await stage.events(client)).status, 409);
      },
    },
  ]),
  ...area('event-stream', { modes: WITH_SERVER }, [
    {
      id: 'event.one-message',
      requires: 'A hub message is one event: `data: `, the message, a blank line.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client, stream } = await scene(stage);
        const before = stream.raw.length;
        server.sendTo(client.connectionId, 'json', { type: 1, target: 'news', arguments: ['é'] });
        await stream.hubMessages.next('the invocation', ({ type }) => type === 1);
        const text = `{"type":1,"target":"news","arguments":["é"]}${RECORD_SEPARATOR}`;
        requireEqual('the event', stream.raw.slice(before), `data: ${text}\r\n\r\n`);
      },
    },
    {
      id: 'event.line-breaks',
      requires: 'Each line of a message with line breaks has its own `data: `.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client, stream } = await scene(stage);
        const pretty = `{\n"type":1,\r\n"target":"news","arguments":[]}${RECORD_SEPARATOR}`;
        server.sendData(client.connectionId, Buffer.from(pretty));
        const { target } = await stream.hubMessages.next('the invocation', ({ type }) => type === 1);
        requireEqual('the target', target, 'news');
      },
    },
    {
      id: 'event.order',
      requires: 'A hundred messages come in order.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client, stream } = await scene(stage);
        const count = 100;
        for (let number = 0; number < count; number++) {
          server.sendTo(client.connectionId, 'json', { type: 1, target: 'n', arguments: [number] });
        }
        for (let number = 0; number < count; number++) {
          const message = await stream.hubMessages.next(`invocation ${number}`);
          requireEqual('the arguments', message['arguments'], [number]);
        }
      },
    },
    {
      id: 'post.reaches-the-server',
      requires: 'What is posted reaches the app server byte by byte.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client } = await scene(stage);
        const text = `{"type":1,"target":"Say","arguments":[ "é" ]}${RECORD_SEPARATOR}`;
        const answer = await client.post(text);
        requireEqual('the answer', [answer.status, answer.text, answer.headers['content-length']], [200, '', '0']);
        const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        requireEqual('the bytes', bytes instanceof Uint8Array && Buffer.from(bytes).toString(), text);
      },
    },
    {
      id: 'drop.ends-the-connection',
      requires: 'A dropped stream ends the connection at once: the app server hears of it, and POSTs get 404.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client, stream } = await scene(stage);
        stream.drop();
        await server.nextOf(ServiceType.CloseConnection, client.connectionId);
        requireEqual('the status of a POST', (await client.post('x')).status, 404);
      },
    },
    {
      id: 'close.ends-the-answer',
      requires: 'An end by the app server ends the answer after the Close message; coming back gets 404.',
      source: 'client-protocol 2.4',
      async run(stage) {
        const { server, client, stream } = await scene(stage);
        server.send([ServiceType.CloseConnection, client.connectionId, 'enough', NO_EXTENSIONS]);
        const { error } = await stream.hubMessages.next('the Close message', ({ type }) => type === 7);
        requireEqual('its error', error, 'enough');
        await stream.ended;
        requireEqual('the status of another GET', (await stage.events(client)).status, 404);
      },
    },
  ]),
  ...area('event-stream', { modes: ['Serverless'] }, [
    {
      id: 'serverless.greeted',
      requires: 'The service itself greets a client over Server-Sent Events, and REST reaches it.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const { client, stream } = await opened(stage);
        await client.post(handshakeRequest('json'));
        const greeting = await stream.hubMessages.next('the handshake response', ({ type }) => type === 0);
        requireEqual('the handshake response', greeting, { type: 0 });
        const path = `/api/hubs/${stage.hub}/connections/${client.connectionId}/:send`;
        const body = JSON.stringify({ target: 'news', arguments: [1] });
        await stage.restOk(`${path}?api-version=2022-06-01`, 202, { method: 'POST', body });
        const { target } = await stream.hubMessages.next('the invocation', ({ type }) => type === 1);
        requireEqual('the target', target, 'news');
      },
    },
  ]),
  ...area('event-stream', {}, [
    {
      id: 'offered.as-text-only',
      requires: 'Negotiate offers Server-Sent Events for text only.',
      source: 'client-protocol 1.3',
      async run(stage) {
        const { availableTransports } = json(await stage.negotiate());
        requireThat(Array.isArray(availableTransports), 'a list of transports', availableTransports);
        const found = availableTransports.find(({ transport }) => transport === 'ServerSentEvents');
        requireEqual('its formats', found?.transferFormats, ['Text']);
      },
    },
  ]),
];

/** A stream before the hub handshake. */
async function opened(stage: Stage): Promise<Omit<Scene, 'server'>> {
  const client = await stage.negotiated();
  const stream = await stage.events(client);
  await stream.pieces.next('the first line');
  return { client, stream };
}
