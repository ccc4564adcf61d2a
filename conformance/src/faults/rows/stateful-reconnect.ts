import type { SocketMessage } from '../../peers/web-socket.ts';
import { NO_EXTENSIONS, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { changedJson } from '../rewrites.ts';
import { byType, lost, withField } from '../service-rewrites.ts';

const replaced = (from: string | RegExp, to: string) => (message: SocketMessage) => [
  { ...message, data: Buffer.from(message.data.toString().replaceAll(from, to)) },
];
const id = (...names: readonly string[]) => names.map((name) => `stateful-reconnect.${name}`);

export const STATEFUL_RECONNECT_FAULTS: readonly Fault[] = [
  {
    name: 'stateful reconnect is offered to everybody',
    turnsRed: id('offer.one-server-does-not-allow', 'offer.old-server', 'offer.not-in-serverless'),
    answer: changedJson('/client/negotiate', (body) => ({ ...body, useStatefulReconnect: true })),
  },
  {
    name: 'stateful reconnect is offered to nobody',
    turnsRed: id('offer.asked-and-allowed'),
    answer: changedJson('/client/negotiate', ({ useStatefulReconnect: _, ...body }) => body),
  },
  {
    name: 'everybody asks for version 1',
    turnsRed: id(
      ...['handshake.version-is-forwarded', 'return.server-hears-of-it', 'return.sequence-comes-first', 'groups.stay'],
      ...['replay.json', 'replay.many-in-order', 'ack.of-the-service', 'sequence.too-high'],
    ),
    fromClient: replaced('"version":2', '"version":1'),
  },
  {
    name: 'clients that are gone may come back, and are no longer known elsewhere',
    turnsRed: id(
      'version-1.a-drop-is-final',
      'close.graceful-is-final',
      'close.by-the-server-is-final',
      'away.too-long',
    ),
    answer: (answer, { headers }) => (headers['upgrade'] === 'websocket' ? { ...answer, status: 410 } : answer),
  },
  {
    name: 'app servers hear of an end instead of a return',
    turnsRed: id('return.server-hears-of-it'),
    toServer: byType({
      [ServiceType.ConnectionReconnect]: ([, client = '']) => [
        [ServiceType.CloseConnection, client, '', NO_EXTENSIONS, NO_EXTENSIONS],
        [ServiceType.ConnectionReconnect, client, NO_EXTENSIONS],
      ],
    }),
  },
  {
    name: 'every Sequence says 1',
    turnsRed: id('replay.unacknowledged', 'replay.many-in-order'),
    toClient: replaced(/"type":9,"sequenceId":\d+/g, '"type":9,"sequenceId":1'),
  },
  {
    name: 'pings count',
    turnsRed: id('replay.pings-do-not-count'),
    toClient: replaced('"type":9,"sequenceId":1', '"type":9,"sequenceId":2'),
  },
  {
    name: 'MessagePack clients get nothing back',
    turnsRed: id('replay.messagepack'),
    toClient: ({ data, isBinary }) =>
      isBinary && data.toString('latin1').includes('news') ? [] : [{ data, isBinary }],
  },
  {
    name: 'no Ack comes, and errors are final',
    turnsRed: id('ack.of-the-service', 'sequence.too-high'),
    toClient: ({ data, isBinary }) => {
      const text = data.toString();
      return text.includes('"type":8')
        ? []
        : [{ data: Buffer.from(text.replace(',"allowReconnect":true', '')), isBinary }];
    },
  },
  {
    name: 'what clients send again is forwarded again',
    turnsRed: id('resent.once-at-the-server'),
    toServer: byType({
      [ServiceType.ConnectionData]: (message) => {
        const [, , bytes] = message;
        const text = bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '';
        return [withField(message, 2, Buffer.from(text.replace('"arguments":[3]', '"arguments":[1]')))];
      },
    }),
  },
  { name: 'nothing is sent to groups', turnsRed: id('groups.stay'), fromServer: lost(ServiceType.GroupBroadcastData) },
];
