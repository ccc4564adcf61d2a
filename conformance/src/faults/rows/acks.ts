import { decodePack, encodePack, type PackValue } from '../../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType, lost, withField } from '../service-rewrites.ts';

const {
  Ack,
  CloseConnection,
  CloseConnectionWithAck,
  CloseConnectionsWithAck,
  CloseUserConnectionsWithAck,
  CloseGroupConnectionsWithAck,
  GroupMemberQuery,
} = ServiceType;
const INT32_MAX = 2 ** 31 - 1;
const PAYLOAD = 5;

type Row = readonly [PackValue, PackValue];

/** Changes the members in the answers to GroupMemberQuery. */
function changedMembers(change: (rows: readonly Row[]) => readonly Row[]): NonNullable<Fault['toServer']> {
  return byType({
    [Ack]: (message) => {
      const payload = message[PAYLOAD];
      if (!(payload instanceof Uint8Array)) return [message];
      const [rows, token] = decodePack(payload) as unknown as readonly [readonly Row[], PackValue];
      return [withField(message, PAYLOAD, encodePack([change(rows), token]))];
    },
  });
}

/** Changes the Close messages of JSON clients. */
function changedClose(change: (text: string) => string): NonNullable<Fault['toClient']> {
  return ({ data, isBinary }) => {
    const text = data.toString();
    return [{ data: text.startsWith('{"type":7') ? Buffer.from(change(text)) : data, isBinary }];
  };
}

function withoutExclusions(message: ServiceMessage, at: number): readonly ServiceMessage[] {
  return [withField(message, at, [])];
}

export const ACK_FAULTS: readonly Fault[] = [
  {
    name: 'acks have a payload of nil',
    turnsRed: ['acks.form.five-elements'],
    toServer: byType({ [Ack]: (message) => [[...message, null]] }),
  },
  {
    name: 'acks have extensions',
    turnsRed: ['acks.form.five-elements'],
    toServer: byType({ [Ack]: (message) => [withField(message, 4, 1)] }),
  },
  {
    name: 'ack ids have 16 bits',
    turnsRed: ['acks.form.echoes-the-id'],
    toServer: byType({ [Ack]: (message) => [withField(message, 1, Number(message[1]) & 0xffff)] }),
  },
  {
    name: 'acks go to every connection',
    turnsRed: ['acks.form.on-the-same-connection'],
    toServer: byType({
      [Ack]: (message) => (message[1] === INT32_MAX ? [message] : [[Ack, INT32_MAX, 1, '', NO_EXTENSIONS], message]),
    }),
  },
  {
    name: 'who is closed is told nothing of a return',
    turnsRed: [
      'acks.close.connection',
      'acks.close.all',
      'acks.close.user',
      'acks.close.group',
      'acks.close.gone-before-told',
    ],
    toClient: changedClose((text) => text.replace(',"allowReconnect":true', '')),
  },
  {
    name: 'reasons are wrapped',
    turnsRed: ['acks.close.connection'],
    toClient: changedClose((text) => text.replace('"error":"', '"error":"Connection closed: ')),
  },
  {
    name: 'there is always a reason',
    turnsRed: ['acks.close.without-a-reason'],
    toClient: changedClose((text) => text.replace('{"type":7,"allow', '{"type":7,"error":"","allow')),
  },
  {
    name: 'closing ends with 1001',
    turnsRed: ['acks.close.connection', 'acks.close.in-messagepack'],
    close: ({ reason }) => ({ code: 1001, reason }),
  },
  {
    name: 'Close messages are JSON for everybody',
    turnsRed: ['acks.close.in-messagepack'],
    toClient: ({ data, isBinary }) => [
      { data: isBinary && data[2] === 7 ? Buffer.from('{"type":7}\u001e') : data, isBinary },
    ],
  },
  {
    name: 'app servers hear of no client that others closed',
    turnsRed: ['acks.close.connection'],
    toServer: lost(CloseConnection),
  },
  {
    name: 'closing spares nobody',
    turnsRed: ['acks.close.all', 'acks.close.user', 'acks.close.group'],
    fromServer: byType({
      [CloseConnectionsWithAck]: (message) => withoutExclusions(message, 3),
      [CloseUserConnectionsWithAck]: (message) => withoutExclusions(message, 4),
      [CloseGroupConnectionsWithAck]: (message) => withoutExclusions(message, 4),
    }),
  },
  {
    name: 'closing one or some closes all',
    turnsRed: ['acks.close.connection', 'acks.close.user', 'acks.close.group'],
    fromServer: byType({
      [CloseConnectionWithAck]: ([, , reason, ackId]) => [closingAll(reason, ackId)],
      [CloseUserConnectionsWithAck]: ([, , reason, ackId]) => [closingAll(reason, ackId)],
      [CloseGroupConnectionsWithAck]: ([, , reason, ackId]) => [closingAll(reason, ackId)],
    }),
  },
  {
    name: 'pages are as large as they like',
    turnsRed: ['acks.members.in-pages'],
    fromServer: byType({ [GroupMemberQuery]: (message) => [withField(message, 4, null)] }),
  },
  {
    name: 'every page is the first',
    turnsRed: ['acks.members.in-pages'],
    fromServer: byType({ [GroupMemberQuery]: (message) => [withField(message, 5, null)] }),
  },
  {
    name: 'members have no user',
    turnsRed: ['acks.members.all'],
    toServer: changedMembers((rows) => rows.map(([connectionId]) => [connectionId, null])),
  },
  {
    name: 'members stay when they are gone',
    turnsRed: ['acks.members.all', 'acks.members.without-those-that-left', 'acks.members.of-an-unknown-group'],
    toServer: changedMembers((rows) => [...rows, ['gone', null]]),
  },
];

function closingAll(reason: PackValue | undefined, ackId: PackValue | undefined): ServiceMessage {
  return [CloseConnectionsWithAck, reason ?? null, ackId ?? 0, [], NO_EXTENSIONS];
}
