// Service messages as JSON and back (service-protocol 4.5-4.8).

import {
  type DecodedServiceMessage,
  PingKey,
  pingValue,
  type ServiceMessage,
  ServiceMessageType,
} from '@signalite/protocol/service';
import type { TranscriptMessage } from './transcript-line.ts';
import type { TranscriptNames } from './transcript-names.ts';
import { readPayload, type TranscriptPayload, writePayload } from './transcript-payload.ts';

const TIME_CLAIMS = new Set(['nbf', 'exp', 'iat']);
const INSTANCE_HEADER = 'asrs-instance-id';
const TYPE_NAMES = new Map<number, string>(Object.entries(ServiceMessageType).map(([name, type]) => [type, name]));

export const TIME = '{time}';

/** Everything but pings of the one kind that both sides act on: the others come when time has passed. */
export function isTold(message: DecodedServiceMessage): boolean {
  return message.type !== 3 || pingValue(message.values, PingKey.Shutdown) !== undefined;
}

export function writeMessage(message: DecodedServiceMessage, names: TranscriptNames): TranscriptMessage {
  const type = TYPE_NAMES.get(Number(message.type)) ?? `unknown ${'messageType' in message ? message.messageType : ''}`;
  const told: Record<string, unknown> = { ...message, type };
  if ('claims' in message) told['claims'] = message.claims.map(({ type, value }) => [type, timeless(type, value)]);
  if ('headers' in message)
    told['headers'] = [...message.headers].sort(byName).map(({ name, values }) => [name, ...values]);
  if ('payloads' in message) {
    told['payloads'] = message.payloads.map(({ protocol, data }) => [protocol, writePayload(names.hideBytes(data))]);
  }
  if ('payload' in message && message.payload !== undefined) {
    told['payload'] = writePayload(names.hideBytes(message.payload));
  }
  if ('tracingId' in message) told['tracingId'] = String(message.tracingId);
  return hideAll(told, names);
}

/** The service instance behind an OpenConnection. */
export function instanceIdOf(message: DecodedServiceMessage): string | undefined {
  if (message.type !== 4) return undefined;
  return message.headers.find(({ name }) => name.toLowerCase() === INSTANCE_HEADER)?.values[0];
}

/** What an app server sends, ids as they are in this run. */
export function readMessage(told: TranscriptMessage, names: TranscriptNames): ServiceMessage {
  const message = revealAll(told, names);
  const type = Object.entries(ServiceMessageType).find(([name]) => name === message.type)?.[1];
  if (type === undefined) throw new Error(`a transcript cannot send ${message.type}`);
  const read: Record<string, unknown> = { ...message, type };
  if (Array.isArray(message['payloads'])) {
    read['payloads'] = message['payloads'].map(([protocol, data]: [string, TranscriptPayload]) => ({
      protocol,
      data: names.revealBytes(readPayload(data)),
    }));
  }
  if (Array.isArray(message['headers'])) {
    read['headers'] = message['headers'].map(([name, ...values]: string[]) => ({ name, values }));
  }
  if (isPayload(message['payload'])) read['payload'] = names.revealBytes(readPayload(message['payload']));
  if (typeof message['tracingId'] === 'string') read['tracingId'] = BigInt(message['tracingId']);
  // Written by `writeMessage`, from a message that was decoded.
  return read as unknown as ServiceMessage;
}

function isPayload(value: unknown): value is TranscriptPayload {
  return value !== undefined;
}

function timeless(type: string, value: string): string {
  return TIME_CLAIMS.has(type) ? TIME : value;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1;
}

function hideAll(message: Readonly<Record<string, unknown>>, names: TranscriptNames): TranscriptMessage {
  return JSON.parse(names.hide(JSON.stringify(message)));
}

function revealAll(message: TranscriptMessage, names: TranscriptNames): TranscriptMessage {
  return JSON.parse(names.reveal(JSON.stringify(message)));
}
