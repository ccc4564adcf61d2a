import { numbered } from '../../counted.ts';
import { encodeHubMessage } from '../../wire/hub-protocol.ts';
import { payloadsOf } from '../../wire/hub-requests.ts';
import { PrefixedReader, prefixed } from '../../wire/length-prefixed.ts';
import { encodePack, PackMap } from '../../wire/message-pack.ts';
import type { ServiceMessage } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { payloadsIn, payloadText, withPayloads } from '../service-rewrites.ts';

const DOWN = [
  'ordering.down.broadcasts',
  'ordering.down.across-kinds',
  'ordering.down.memberships-between',
  'ordering.down.behind-a-large-message',
  'ordering.both-ways',
  'ordering.frames.many-messages-in-one',
  'ordering.frames.cut-anywhere',
];
const UP = ['ordering.up.json', 'ordering.up.messagepack', 'ordering.both-ways'];
const LARGE_BYTES = 100_000;

function carries(message: ServiceMessage, number: number): boolean {
  const ready = payloadsIn(message);
  return ready !== undefined && Buffer.from(encodePack(ready)).equals(encodePack(payloadsOf(numbered(number))));
}

/** Changes the fan-out of one number. */
function changedNumber(
  number: number,
  change: (message: ServiceMessage) => readonly ServiceMessage[],
): NonNullable<Fault['fromServer']> {
  return (message) => (carries(message, number) ? change(message) : [message]);
}

/** Changes what clients say when it is one number, in either hub protocol. */
function changedUp(number: number, said: readonly number[]): NonNullable<Fault['fromClient']> {
  return (message) => {
    const protocol = message.isBinary ? 'messagepack' : 'json';
    if (!message.data.equals(encodeHubMessage(protocol, numbered(number)))) return [message];
    return said.map((one) => ({ data: encodeHubMessage(protocol, numbered(one)), isBinary: message.isBinary }));
  };
}

/** The first service message of a WebSocket message, if it is whole. */
function firstWhole(data: Buffer): readonly Buffer[] {
  try {
    return new PrefixedReader().push(data).slice(0, 1).map(prefixed);
  } catch {
    // It began in the midst of a message, with what is no length.
    return [];
  }
}

export const ORDERING_FAULTS: readonly Fault[] = [
  { name: 'a number is lost', turnsRed: DOWN, fromServer: changedNumber(7, () => []) },
  { name: 'a number comes twice', turnsRed: DOWN, fromServer: changedNumber(7, (message) => [message, message]) },
  {
    name: 'two numbers change places',
    turnsRed: DOWN,
    fromServer: (message) => {
      if (carries(message, 7)) return [withPayloads(message, payloadsOf(numbered(8)))];
      return carries(message, 8) ? [withPayloads(message, payloadsOf(numbered(7)))] : [message];
    },
  },
  {
    name: 'MessagePack clients miss a number',
    turnsRed: ['ordering.down.broadcasts', 'ordering.both-ways', 'ordering.frames.cut-anywhere'],
    fromServer: changedNumber(7, (message) => {
      const entries = payloadsIn(message)?.entries.filter(([name]) => name !== 'messagepack') ?? [];
      return [withPayloads(message, new PackMap(entries))];
    }),
  },
  {
    name: 'the last numbers are lost',
    turnsRed: ['ordering.down.broadcasts', 'ordering.down.across-kinds'],
    fromServer: (message) => (carries(message, 2000) ? [] : [message]),
  },
  { name: 'clients are not heard once', turnsRed: UP, fromClient: changedUp(7, []) },
  { name: 'clients are heard twice', turnsRed: UP, fromClient: changedUp(7, [7, 7]) },
  { name: 'clients are heard in another order', turnsRed: UP, fromClient: changedUp(7, [8]) },
  {
    name: 'large messages are lost',
    turnsRed: ['ordering.down.behind-a-large-message'],
    fromServer: (message) => (payloadText(message).length > LARGE_BYTES ? [] : [message]),
  },
  {
    name: 'one service message is read from a WebSocket message',
    turnsRed: [
      'ordering.frames.many-messages-in-one',
      'ordering.frames.one-message-in-many',
      'ordering.frames.cut-anywhere',
    ],
    serverFrame: ({ data, isBinary }) => firstWhole(data).map((whole) => ({ data: whole, isBinary })),
  },
];
