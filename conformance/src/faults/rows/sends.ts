import { encodeHubMessage } from '../../wire/hub-protocol.ts';
import { toAll } from '../../wire/hub-requests.ts';
import { PackMap, type PackValue } from '../../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType, fanOuts, payloadsIn, withField, withPayloads } from '../service-rewrites.ts';

const { MultiConnectionData, UserData, MultiUserData, BroadcastData, GroupBroadcastData, MultiGroupBroadcastData } =
  ServiceType;
const TO_SOME = [MultiConnectionData, UserData, MultiUserData, GroupBroadcastData, MultiGroupBroadcastData];
const HELLO = encodeHubMessage('json', { type: 1, target: 'hello', arguments: [] });

function list(value: PackValue | undefined): readonly PackValue[] {
  return Array.isArray(value) ? (value as readonly PackValue[]) : [];
}

function distinct(value: PackValue | undefined): readonly PackValue[] {
  return [...new Set(list(value))];
}

function isEmptyMap(value: PackValue | undefined): boolean {
  return !(value instanceof PackMap) || value.entries.length === 0;
}

/** One message for each entry of a list. */
function oneForEach(message: ServiceMessage): readonly ServiceMessage[] {
  return list(message[1]).map((one) => withField(message, 1, [one]));
}

/** Exchanges two texts in what JSON clients get. */
function exchanged(one: string, other: string): NonNullable<Fault['toClient']> {
  return ({ data, isBinary }) => {
    const text = data
      .toString('latin1')
      .split(one)
      .map((part) => part.replaceAll(other, one));
    return [{ data: isBinary ? data : Buffer.from(text.join(other), 'latin1'), isBinary }];
  };
}

/** A message of somebody else in front of every frame that begins so. */
function intruding(before: RegExp): NonNullable<Fault['toClient']> {
  return (frame) => (before.test(frame.data.toString()) ? [{ data: HELLO, isBinary: false }, frame] : [frame]);
}

const LOST: Readonly<Record<number, readonly string[]>> = {
  [MultiConnectionData]: ['connections.of-another-server', 'handshake.held-back.to-its-connection'],
  [UserData]: ['user.every-connection', 'handshake.held-back.to-its-user-and-group'],
  [MultiUserData]: ['users.those-listed'],
  [BroadcastData]: ['all.of-every-server', 'all.from-a-weak-connection', 'handshake.held-back.to-all'],
  [GroupBroadcastData]: ['group.members-only', 'group.shorter-forms'],
  [MultiGroupBroadcastData]: ['groups.one-copy-for-each'],
};

const LOST_FAULTS: readonly Fault[] = Object.entries(LOST).map(([type, names]) => ({
  name: `messages of type ${type} are lost`,
  turnsRed: [...names, 'order.across-kinds'].map((name) => `sends.${name}`),
  fromServer: fanOuts([Number(type)], () => []),
}));

const RECEIVER_FAULTS: readonly Fault[] = [
  {
    name: 'what is for some reaches everybody',
    turnsRed: [
      'sends.connections.those-listed',
      'sends.connections.unknown-ids-are-skipped',
      'sends.user.every-connection',
      'sends.users.those-listed',
      'sends.group.members-only',
      'users.join.open-connections',
      'users.join.before-any-connection',
    ],
    fromServer: fanOuts(TO_SOME, (message) => [toAll(payloadsIn(message) ?? NO_EXTENSIONS)]),
  },
  {
    name: 'what is for others reaches every client',
    turnsRed: ['sends.all.of-this-hub', 'groups.scope.is-the-hub'],
    toClient: intruding(/fence-/),
  },
  {
    name: 'exclusions are ignored',
    turnsRed: [
      'sends.all.but-excluded-connections',
      'sends.group.but-excluded-connections',
      'sends.group.but-excluded-users',
    ],
    fromServer: byType({
      [BroadcastData]: (message) => [withField(message, 1, [])],
      [GroupBroadcastData]: (message) => [withField(withField(message, 2, []), 5, [])],
    }),
  },
  {
    name: 'ids count as often as they are listed',
    turnsRed: ['sends.connections.listed-twice', 'sends.users.listed-twice'],
    fromServer: byType({ [MultiConnectionData]: oneForEach, [MultiUserData]: oneForEach }),
  },
  {
    name: 'a group counts once however often it is listed',
    turnsRed: ['sends.groups.listed-twice'],
    fromServer: byType({ [MultiGroupBroadcastData]: (message) => [withField(message, 1, distinct(message[1]))] }),
  },
  {
    name: 'one of several groups counts',
    turnsRed: ['sends.groups.one-copy-for-each', 'users.leave.nil-is-all-groups'],
    fromServer: byType({
      [MultiGroupBroadcastData]: (message) => [withField(message, 1, list(message[1]).slice(0, 1))],
    }),
  },
  {
    name: 'user ids are compared without case',
    turnsRed: ['sends.user.ids-differ-by-case'],
    fromServer: byType({ [UserData]: (message) => [withField(message, 1, String(message[1]).toLowerCase())] }),
  },
  {
    name: 'short messages for groups are lost',
    turnsRed: ['sends.group.shorter-forms'],
    fromServer: byType({ [GroupBroadcastData]: (message) => (message.length < 7 ? [] : [message]) }),
  },
  {
    name: 'unknown groups are everybody',
    turnsRed: ['sends.group.unknown-is-harmless'],
    fromServer: byType({
      [GroupBroadcastData]: (message) =>
        message[1] === 'nobody' ? [toAll(payloadsIn(message) ?? NO_EXTENSIONS)] : [message],
    }),
  },
];

const CONTENT_FAULTS: readonly Fault[] = [
  {
    name: 'messages with extensions are lost',
    turnsRed: ['sends.extensions.unknown-are-skipped'],
    fromServer: byType({ [BroadcastData]: (message) => (isEmptyMap(message[3]) ? [message] : []) }),
  },
  {
    name: 'filters are ignored',
    turnsRed: ['sends.filter.malformed-reaches-nobody'],
    fromServer: byType({ [BroadcastData]: (message) => [withField(message, 3, NO_EXTENSIONS)] }),
  },
  {
    name: 'the fourth message overtakes the third',
    turnsRed: ['sends.order.across-kinds'],
    toClient: exchanged('"target":"3"', '"target":"4"'),
  },
  {
    name: 'what was held back comes in another order',
    turnsRed: [
      'sends.handshake.held-back.to-all',
      'sends.handshake.held-back.to-its-connection',
      'sends.handshake.held-back.to-its-user-and-group',
    ],
    toClient: exchanged('"target":"1"', '"target":"2"'),
  },
  {
    name: 'fan-out comes before the handshake answer',
    turnsRed: [
      'sends.handshake.held-back.to-all',
      'sends.handshake.held-back.to-its-connection',
      'sends.handshake.held-back.to-its-user-and-group',
    ],
    toClient: intruding(/^\{\}/),
  },
  {
    name: 'fan-out comes behind a refused handshake',
    turnsRed: ['sends.handshake.refused'],
    toClient: (frame) =>
      frame.data.toString().startsWith('{"error"') ? [frame, { data: HELLO, isBinary: false }] : [frame],
  },
  {
    name: 'payloads are tidied',
    turnsRed: ['sends.payload.by-hub-protocol'],
    toClient: ({ data, isBinary }) => [
      { data: isBinary ? data : Buffer.from(data.toString().replaceAll(' ', '')), isBinary },
    ],
  },
  {
    name: 'everybody gets the JSON payload',
    turnsRed: ['sends.payload.by-hub-protocol', 'sends.payload.missing'],
    fromServer: fanOuts([BroadcastData], (message) => {
      const json = payloadsIn(message)?.get('json') ?? HELLO;
      const ready = new PackMap([
        ['json', json],
        ['messagepack', json],
      ]);
      return [withPayloads(message, ready)];
    }),
  },
  {
    name: 'names of hub protocols are compared with case',
    turnsRed: ['sends.payload.names-without-case'],
    fromServer: fanOuts([BroadcastData], (message) => {
      const entries = payloadsIn(message)?.entries ?? [];
      const kept = entries.filter(([name]) => name === String(name).toLowerCase());
      return [withPayloads(message, new PackMap(kept))];
    }),
  },
  {
    name: 'all frames are binary',
    turnsRed: ['sends.frames.by-hub-protocol'],
    toClient: ({ data }) => [{ data, isBinary: true }],
  },
  {
    name: 'handshake answers are text frames',
    turnsRed: ['sends.frames.by-hub-protocol'],
    toClient: ({ data, isBinary }) => [{ data, isBinary: isBinary && !data.toString().startsWith('{}') }],
  },
];

export const SEND_FAULTS: readonly Fault[] = [...LOST_FAULTS, ...RECEIVER_FAULTS, ...CONTENT_FAULTS];
