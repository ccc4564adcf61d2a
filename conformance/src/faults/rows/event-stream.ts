import type { SocketMessage } from '../../peers/web-socket.ts';
import { ServiceType } from '../../wire/service-message.ts';
import type { Fault, SeenRequest } from '../fault.ts';
import { changedJson } from '../rewrites.ts';
import { byType } from '../service-rewrites.ts';

const asksForEvents = ({ headers }: SeenRequest) => String(headers['accept'] ?? '').includes('text/event-stream');
const replaced = (from: string | RegExp, to: string) => (message: SocketMessage) => [
  { ...message, data: Buffer.from(message.data.toString().replaceAll(from, to)) },
];
const withBody = (request: SeenRequest, from: string, to: string): SeenRequest =>
  request.method === 'POST' ? { ...request, body: Buffer.from(request.body.toString().replaceAll(from, to)) } : request;

export const EVENT_STREAM_FAULTS: readonly Fault[] = [
  {
    name: 'event streams have the head of a page',
    turnsRed: [
      'event-stream.head.content-type',
      'event-stream.head.cache-control',
      'event-stream.head.content-encoding',
      'event-stream.accept.among-others',
    ],
    answer: (answer, request) =>
      asksForEvents(request) ? { ...answer, headers: { 'content-type': 'text/html' } } : answer,
  },
  {
    name: 'event streams begin with nothing',
    turnsRed: ['event-stream.head.first-line', 'status-codes.delete.on-events'],
    toClient: ({ data, isBinary }) => (data.toString() === ':\r\n' ? [] : [{ data, isBinary }]),
  },
  {
    name: 'tokens of event streams do not count in the query',
    turnsRed: ['event-stream.token.in-query'],
    request: (request) => ({ ...request, url: request.url.replace(/&access_token=[^&]*/, '') }),
  },
  {
    name: 'every event stream is opened',
    turnsRed: [
      'event-stream.transport.not-offered',
      'event-stream.second.is-refused',
      'event-stream.close.ends-the-answer',
      'status-codes.events.unknown-id',
      'status-codes.change.poll-to-events',
    ],
    answer: (answer, request) => (asksForEvents(request) ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'MessagePack over event streams is taken for JSON',
    turnsRed: ['event-stream.protocol.binary-is-refused'],
    request: (request) => withBody(request, 'messagepack', 'json'),
  },
  {
    name: 'events end with line feeds',
    turnsRed: ['event-stream.event.one-message'],
    toClient: replaced('\r\n\r\n', '\n\n'),
  },
  {
    name: 'only the first line of an event is data',
    turnsRed: ['event-stream.event.line-breaks'],
    toClient: replaced('\r\ndata: ', '\r\n'),
  },
  { name: 'an event comes twice', turnsRed: ['event-stream.event.order'], toClient: replaced('[42]', '[41]') },
  {
    name: 'what is posted is changed',
    turnsRed: ['event-stream.post.reaches-the-server', 'event-stream.serverless.greeted'],
    request: (request) => withBody(withBody(request, 'Say', 'Cry'), 'news', 'olds'),
  },
  {
    name: 'app servers do not hear of the end of clients',
    turnsRed: [
      'event-stream.drop.ends-the-connection',
      'long-polling.delete.tells-the-server',
      'long-polling.interval.passed',
    ],
    toServer: byType({ [ServiceType.CloseConnection]: () => [] }),
  },
  {
    name: 'events are offered for bytes',
    turnsRed: ['event-stream.offered.as-text-only'],
    answer: changedJson('/client/negotiate', (body) => ({
      ...body,
      availableTransports: [{ transport: 'ServerSentEvents', transferFormats: ['Text', 'Binary'] }],
    })),
  },
];
