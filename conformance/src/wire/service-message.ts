// Messages of the service protocol as arrays (service-protocol 4), with names for what checks look at.

import { prefixed } from './length-prefixed.ts';
import { decodePack, encodePack, PackMap, type PackValue } from './message-pack.ts';

/** The numbers of service-protocol 4.5-4.8. */
export const ServiceType = {
  HandshakeRequest: 1,
  HandshakeResponse: 2,
  Ping: 3,
  OpenConnection: 4,
  CloseConnection: 5,
  ConnectionData: 6,
  MultiConnectionData: 7,
  UserData: 8,
  MultiUserData: 9,
  BroadcastData: 10,
  JoinGroup: 11,
  LeaveGroup: 12,
  GroupBroadcastData: 13,
  MultiGroupBroadcastData: 14,
  ServiceError: 15,
  UserJoinGroup: 16,
  UserLeaveGroup: 17,
  JoinGroupWithAck: 18,
  LeaveGroupWithAck: 19,
  Ack: 20,
  CheckUserInGroup: 21,
  ServiceEvent: 22,
  CheckGroupExistence: 23,
  CheckConnectionExistence: 24,
  CheckUserExistence: 25,
  UserJoinGroupWithAck: 26,
  UserLeaveGroupWithAck: 27,
  AccessKeyRequest: 28,
  AccessKeyResponse: 29,
  CloseConnectionWithAck: 30,
  CloseConnectionsWithAck: 31,
  CloseUserConnectionsWithAck: 32,
  CloseGroupConnectionsWithAck: 33,
  ClientInvocation: 34,
  ClientCompletion: 35,
  ErrorCompletion: 36,
  ServiceMapping: 37,
  ConnectionReconnect: 38,
  FlowControl: 39,
  GroupMemberQuery: 40,
} as const;

/** A service message: its type, then its fields. */
export type ServiceMessage = readonly [number, ...PackValue[]];

export const NO_EXTENSIONS = new PackMap([]);

export function encodeServiceMessage(message: ServiceMessage): Buffer {
  return prefixed(encodePack(message));
}

/** Throws when the body is no array that begins with a number. */
export function decodeServiceMessage(body: Uint8Array): ServiceMessage {
  const value = decodePack(body);
  if (!Array.isArray(value)) throw new Error('A service message is no array.');
  const [type, ...fields] = value as readonly PackValue[];
  if (typeof type !== 'number') throw new Error('A service message does not begin with its type.');
  return [type, ...fields];
}

/** Payloads of a fan-out: one ready hub message for each hub protocol. */
export function payloads(byProtocol: Readonly<Record<string, Uint8Array>>): PackMap {
  return new PackMap(Object.entries(byProtocol));
}

/** The value of a key in a ping's flat list of pairs (service-protocol 6). */
export function pingValue([, ...values]: ServiceMessage, key: string): string | undefined {
  for (let index = 0; index + 1 < values.length; index += 2) {
    if (values[index] === key) return String(values[index + 1]);
  }
  return undefined;
}

/** The name of a type, for texts. */
export function serviceTypeName(type: number): string {
  return Object.entries(ServiceType).find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}
