// Service messages of recordings on the wire, and back (service-protocol 4.5-4.8).

import { PackMap, type PackValue } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../wire/service-message.ts';
import { bytesOf, type RecordedMessage, type RecordedPayload } from './recorded-line.ts';

/** Puts ids of this run into bytes. */
export type RevealBytes = (bytes: Uint8Array) => Uint8Array;

type Field = (message: RecordedMessage, reveal: RevealBytes) => PackValue;

const plain =
  (name: string): Field =>
  (message) =>
    (message[name] ?? null) as PackValue;
const payload: Field = (message, reveal) => Uint8Array.from(reveal(bytesOf(message['payload'] as RecordedPayload)));
const payloads: Field = (message, reveal) =>
  new PackMap(
    (message['payloads'] as readonly (readonly [string, RecordedPayload])[]).map(
      ([protocol, data]) => [protocol, Uint8Array.from(reveal(bytesOf(data)))] as const,
    ),
  );
const headers: Field = (message) =>
  new PackMap(
    (message['headers'] as readonly (readonly string[])[]).map(([name = '', ...values]) => [name, values] as const),
  );
const none: Field = () => NO_EXTENSIONS;
/** Extensions that SDKs write (service-protocol 4.3). */
const extensions: Field = (message) => {
  const known = [
    [2, message['ttlSeconds']],
    [3, message['type'] === 'ClientCompletion' ? message['protocol'] : undefined],
    [5, message['dataType']],
    [6, message['isPartial']],
  ] as const;
  return new PackMap(
    known.flatMap(([key, value]) => (value === undefined ? [] : [[key, value as PackValue] as const])),
  );
};

const [connection, group, user, ackId] = ['connectionId', 'group', 'userId', 'ackId'].map(plain) as [
  Field,
  Field,
  Field,
  Field,
];
const address = ['invocationId', 'connectionId', 'callerServerId'].map(plain);

/** The fields behind the type, in order. */
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  ConnectionData: [connection, payload, extensions],
  CloseConnection: [connection, plain('error'), headers, none],
  MultiConnectionData: [plain('connectionIds'), payloads, extensions],
  UserData: [user, payloads, extensions],
  MultiUserData: [plain('userIds'), payloads, extensions],
  BroadcastData: [plain('excludedConnectionIds'), payloads, extensions],
  GroupBroadcastData: [
    group,
    plain('excludedConnectionIds'),
    payloads,
    extensions,
    plain('excludedUserIds'),
    plain('callerUserId'),
  ],
  MultiGroupBroadcastData: [plain('groups'), payloads, extensions],
  JoinGroupWithAck: [connection, group, ackId, extensions],
  LeaveGroupWithAck: [connection, group, ackId, extensions],
  CheckUserInGroupWithAck: [user, group, ackId, extensions],
  CheckGroupExistenceWithAck: [group, ackId, extensions],
  CheckConnectionExistenceWithAck: [connection, ackId, extensions],
  CheckUserExistenceWithAck: [user, ackId, extensions],
  UserJoinGroupWithAck: [user, group, ackId, extensions],
  UserLeaveGroupWithAck: [user, group, ackId, extensions],
  ClientInvocation: [...address, payloads, extensions],
  ClientCompletion: [...address, plain('protocol'), payload, extensions],
};

/** Names that the suite has for types under another name. */
const TYPES: Readonly<Record<string, number>> = {
  ...ServiceType,
  CheckUserInGroupWithAck: ServiceType.CheckUserInGroup,
  CheckGroupExistenceWithAck: ServiceType.CheckGroupExistence,
  CheckConnectionExistenceWithAck: ServiceType.CheckConnectionExistence,
  CheckUserExistenceWithAck: ServiceType.CheckUserExistence,
};

/** What an SDK sends. Throws for a message that no recording has. */
export function wireMessage(message: RecordedMessage, reveal: RevealBytes): ServiceMessage {
  const type = TYPES[message.type];
  if (type === undefined) throw new Error(`A recording cannot send ${message.type}.`);
  if (type === ServiceType.Ping) return [type, ...(message['values'] as readonly string[])];
  if (type === ServiceType.HandshakeRequest) return handshake(message, reveal);
  const fields = FIELDS[message.type];
  if (fields === undefined) throw new Error(`A recording cannot send ${message.type}.`);
  return [type, ...fields.map((field) => field(message, reveal))];
}

/** Older SDKs write six elements, newer ones seven. */
function handshake(message: RecordedMessage, reveal: RevealBytes): ServiceMessage {
  const fields = ['version', 'connectionType', 'target', 'migrationLevel'].map((name) => plain(name)(message, reveal));
  const allows = message['allowStatefulReconnects'];
  const more: readonly PackValue[] = typeof allows === 'boolean' ? [allows] : [];
  return [ServiceType.HandshakeRequest, ...fields, NO_EXTENSIONS, ...more];
}

/** Fields that any service must write alike, with their places behind the type. */
const COMPARED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  OpenConnection: { connectionId: 1, queryString: 4 },
  CloseConnection: { connectionId: 1, error: 2 },
  Ack: { ackId: 1, status: 2 },
  ServiceMapping: { invocationId: 1, connectionId: 2 },
  ClientInvocation: { invocationId: 1, connectionId: 2, callerServerId: 3 },
  ClientCompletion: { invocationId: 1, connectionId: 2, callerServerId: 3, protocol: 4 },
  ErrorCompletion: { invocationId: 1, connectionId: 2, callerServerId: 3 },
};

/** Messages with headers that only the service writes: who gives a client to whom (service-protocol 10). */
const MIGRATION = 'asrs-migrate-';
const HEADERS_AT: Readonly<Record<string, number>> = { OpenConnection: 3, CloseConnection: 3 };
const COMPLETION = 'ClientCompletion';
const COMPLETION_PAYLOAD_AT = 5;

type Headers = readonly (readonly unknown[])[];

/** The headers of migration, in the form of a recording. Others tell of the host and the way there. */
function migrationOf(headers: Headers): Headers {
  return headers.filter(([name]) => String(name).toLowerCase().startsWith(MIGRATION));
}

function moreThatCame(name: string, message: ServiceMessage): Readonly<Record<string, unknown>> {
  if (name === COMPLETION) {
    const bytes = message[COMPLETION_PAYLOAD_AT];
    return { payload: bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : bytes };
  }
  const headers = message[HEADERS_AT[name] ?? -1];
  if (!(headers instanceof PackMap)) return HEADERS_AT[name] === undefined ? {} : { migration: [] };
  return { migration: migrationOf(headers.entries.map(([key, values]) => [key, ...[values].flat()])) };
}

function moreThatWasRecorded(message: RecordedMessage, reveal: RevealBytes): Readonly<Record<string, unknown>> {
  const { type } = message;
  if (type === COMPLETION) {
    const bytes = reveal(bytesOf(message['payload'] as RecordedPayload));
    return { payload: Buffer.from(bytes).toString('latin1') };
  }
  return HEADERS_AT[type] === undefined ? {} : { migration: migrationOf(message['headers'] as Headers) };
}

/** Claims whose values are those of a token of today, or of this run's hub and host. */
const OF_THE_RUN: ReadonlySet<unknown> = new Set(['nbf', 'exp', 'iat', 'aud']);

/** A message that came, as far as it is compared. */
export function comparableCame(message: ServiceMessage): Readonly<Record<string, unknown>> {
  const name = Object.entries(ServiceType).find(([, type]) => type === message[0])?.[0] ?? `type ${message[0]}`;
  const compared = Object.entries(COMPARED[name] ?? {}).map(([field, at]) => [field, message[at] ?? null]);
  const fields = { ...Object.fromEntries(compared), ...moreThatCame(name, message) };
  if (message[0] === ServiceType.Ping) return { type: name, values: message.slice(1) };
  if (message[0] === ServiceType.HandshakeResponse) return { type: name, error: message[1] === '' ? null : message[1] };
  if (message[0] !== ServiceType.OpenConnection) return { type: name, ...fields };
  const [, , claims, , , extensions] = message;
  return {
    type: name,
    ...fields,
    protocol: extensions instanceof PackMap ? extensions.get(3) : undefined,
    claims: claims instanceof PackMap ? claims.entries.filter(([type]) => !OF_THE_RUN.has(type)) : claims,
  };
}

/** A message that was recorded, as far as it is compared; ids are those of this run. */
export function comparableRecorded(message: RecordedMessage, reveal: RevealBytes): Readonly<Record<string, unknown>> {
  const { type } = message;
  const compared = Object.keys(COMPARED[type] ?? {}).map((field) => [field, message[field] ?? null]);
  const fields = { ...Object.fromEntries(compared), ...moreThatWasRecorded(message, reveal) };
  if (type === 'Ping') return { type, values: message['values'] };
  if (type === 'HandshakeResponse') return { type, error: message['error'] ?? null };
  if (type !== 'OpenConnection') return { type, ...fields };
  const claims = message['claims'] as readonly (readonly [string, string])[];
  return { type, ...fields, protocol: message['protocol'], claims: claims.filter(([name]) => !OF_THE_RUN.has(name)) };
}
