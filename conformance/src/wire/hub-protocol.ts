// Hub messages in both hub protocols (client-protocol 3), as plain objects with the names of the JSON form.

import { PrefixedReader, prefixed } from './length-prefixed.ts';
import { decodePack, encodePack, PackMap, type PackValue } from './message-pack.ts';

export const RECORD_SEPARATOR = '\x1e';
const SEPARATOR_BYTE = 0x1e;

export type HubProtocolName = 'json' | 'messagepack';

/** A hub message. `type` is a number (client-protocol 3.1); which other members there are depends on it. */
export interface HubMessage {
  readonly type: number;
  readonly [member: string]: unknown;
}

/** The first record of every connection, JSON in both protocols. */
export function handshakeRequest(protocol: string, version = 1): string {
  return `${JSON.stringify({ protocol, version })}${RECORD_SEPARATOR}`;
}

export function encodeHubMessage(protocol: HubProtocolName, message: HubMessage): Buffer {
  if (protocol === 'json') return Buffer.from(`${JSON.stringify(message)}${RECORD_SEPARATOR}`);
  return prefixed(encodePack(FIELDS_OUT[message.type]?.(message) ?? [message.type]));
}

/** Cuts what a client gets into the handshake response and hub messages. */
export class HubReader {
  readonly #protocol: HubProtocolName;
  readonly #binary = new PrefixedReader();
  #text: Buffer = Buffer.alloc(0);
  #isShaken: boolean;

  /** `isShaken`: the handshake response is behind, or none is expected. */
  constructor(protocol: HubProtocolName, isShaken = false) {
    this.#protocol = protocol;
    this.#isShaken = isShaken;
  }

  /** The handshake response comes as a message of type 0. */
  push(piece: Uint8Array): HubMessage[] {
    if (this.#isShaken && this.#protocol === 'messagepack') return this.#binary.push(piece).map(readPackMessage);
    this.#text = Buffer.concat([this.#text, piece]);
    const messages: HubMessage[] = [];
    for (let end = this.#text.indexOf(SEPARATOR_BYTE); end >= 0; end = this.#text.indexOf(SEPARATOR_BYTE)) {
      const record: unknown = JSON.parse(this.#text.toString('utf8', 0, end));
      this.#text = this.#text.subarray(end + 1);
      if (this.#isShaken) messages.push(readJsonMessage(record));
      else {
        this.#isShaken = true;
        messages.push({ ...asObject(record), type: 0 });
        if (this.#protocol === 'messagepack')
          return [...messages, ...this.#binary.push(this.#text).map(readPackMessage)];
      }
    }
    return messages;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('A record is no JSON object.');
  return { ...value };
}

function readJsonMessage(record: unknown): HubMessage {
  const object = asObject(record);
  if (typeof object['type'] !== 'number') throw new Error(`A hub message has no type: ${JSON.stringify(record)}.`);
  return { ...object, type: object['type'] };
}

/** Positions of members in MessagePack, by type (client-protocol 3.2). */
const MEMBERS: Readonly<Record<number, readonly string[]>> = {
  1: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'],
  2: ['headers', 'invocationId', 'item'],
  4: ['headers', 'invocationId', 'target', 'arguments', 'streamIds'],
  5: ['headers', 'invocationId'],
  6: [],
  7: ['error', 'allowReconnect'],
  8: ['sequenceId'],
  9: ['sequenceId'],
};
const COMPLETION_RESULTS: Readonly<Record<number, string | undefined>> = { 1: 'error', 2: undefined, 3: 'result' };

function readPackMessage(body: Uint8Array): HubMessage {
  const fields = decodePack(body);
  if (!Array.isArray(fields) || typeof fields[0] !== 'number')
    throw new Error('A hub message is no MessagePack array.');
  const [type, ...values] = fields as [number, ...PackValue[]];
  if (type === 3) {
    const [, invocationId, kind, value] = values;
    const name = COMPLETION_RESULTS[Number(kind)];
    return { type, invocationId: plain(invocationId), ...(name === undefined ? {} : { [name]: plain(value) }) };
  }
  const message: Record<string, unknown> = {};
  for (const [index, name] of (MEMBERS[type] ?? []).entries()) {
    const value = plain(values[index]);
    const isAbsent = value === undefined || value === null || name === 'headers';
    if (!isAbsent && !(name === 'streamIds' && Array.isArray(value) && value.length === 0)) message[name] = value;
  }
  return { ...message, type };
}

/** Maps become objects, so that both protocols compare. */
function plain(value: PackValue | undefined): unknown {
  if (value instanceof PackMap) return Object.fromEntries(value.entries.map(([key, one]) => [String(key), plain(one)]));
  return Array.isArray(value) ? value.map((one: PackValue) => plain(one)) : value;
}

const NO_HEADERS = new PackMap([]);

type FieldsOf = (message: HubMessage) => PackValue[];
const FIELDS_OUT: Readonly<Record<number, FieldsOf>> = {
  1: (m) => [
    1,
    NO_HEADERS,
    packed(m['invocationId']),
    packed(m['target']),
    packed(m['arguments']),
    packed(m['streamIds'] ?? []),
  ],
  2: (m) => [2, NO_HEADERS, packed(m['invocationId']), packed(m['item'])],
  3: (m) => [3, NO_HEADERS, packed(m['invocationId']), ...completionOut(m)],
  4: (m) => [
    4,
    NO_HEADERS,
    packed(m['invocationId']),
    packed(m['target']),
    packed(m['arguments']),
    packed(m['streamIds'] ?? []),
  ],
  5: (m) => [5, NO_HEADERS, packed(m['invocationId'])],
  7: (m) => [7, packed(m['error']), packed(m['allowReconnect'] ?? false)],
  8: (m) => [8, packed(m['sequenceId'])],
  9: (m) => [9, packed(m['sequenceId'])],
};

function completionOut(message: HubMessage): PackValue[] {
  if ('error' in message) return [1, packed(message['error'])];
  return 'result' in message ? [3, packed(message['result'])] : [2];
}

function packed(value: unknown): PackValue {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(packed);
  if (value instanceof Uint8Array) return value;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    case 'object':
      return new PackMap(Object.entries(value).map(([key, one]) => [key, packed(one)] as const));
    default:
      throw new TypeError(`A ${typeof value} cannot be sent.`);
  }
}
