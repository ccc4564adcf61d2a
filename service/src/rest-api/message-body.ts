// What a call brings to clients, in any of its encodings (rest-api 5).

import { ProtocolError } from '@signalite/protocol';
import type { Payload } from '@signalite/protocol/service';
import { z } from 'zod';
import { type CarriedValue, carryJson, carryMessagePack } from './carried-value.ts';
import { readFramedPayloads, withInvocationId } from './framed-payloads.ts';
import { callPayloads, type MethodCall, streamItemPayloads } from './hub-payloads.ts';
import { type JsonText, memberTexts, readJsonText } from './json-text.ts';
import { MessagePackCursor } from './messagepack-cursor.ts';
import { MediaType, mediaTypeProblem, type RequestBody } from './request-body.ts';
import { invalidRequest, type RestProblem } from './rest-problem.ts';

/** Makes the hub messages of a body. `invocationId`: clients are asked for a result. */
export type PayloadMaker = (invocationId?: string) => readonly Payload[];

/** Body of a send. Names compare without case: SDKs write `Target` (rest-api 5.1). */
export const MESSAGE_SCHEMA = z.object(
  {
    target: z.string('The "target" must be the name of a method.').min(1, 'The "target" must not be empty.'),
    arguments: z.array(z.unknown(), 'The "arguments" must be a list.').nullish(),
  },
  'The message must be an object with a "target" and "arguments".',
);

const ALL_TYPES = [MediaType.Json, MediaType.MessagePack, MediaType.Framed];
const NO_ARGUMENTS = '[]';

/** Reads a call of a method. Throws `RestProblem`. */
export function readCallBody({ mediaType, bytes }: RequestBody): PayloadMaker {
  switch (mediaType) {
    case MediaType.Json:
      return payloadsOf(readMethodCall(readJson(bytes)));
    case MediaType.MessagePack:
      return payloadsOf(readMessagePack(bytes, methodCallOf));
    case MediaType.Framed: {
      const payloads = readFramedPayloads(bytes);
      return (invocationId) => (invocationId === undefined ? payloads : withInvocationId(payloads, invocationId));
    }
    default:
      throw mediaTypeProblem(mediaType, ALL_TYPES);
  }
}

/** Reads a call of a method where JSON alone is taken. Throws `RestProblem`. */
export function readJsonCallBody(body: RequestBody): PayloadMaker {
  if (body.mediaType !== MediaType.Json) throw mediaTypeProblem(body.mediaType, [MediaType.Json]);
  return readCallBody(body);
}

/** Reads the item of a stream: the body itself. Throws `RestProblem`. */
export function readItemBody({ mediaType, bytes }: RequestBody, streamId: string): readonly Payload[] {
  switch (mediaType) {
    case MediaType.Json:
      return streamItemPayloads(streamId, carryJson(readJson(bytes).text));
    case MediaType.MessagePack:
      return streamItemPayloads(streamId, carryMessagePack(readMessagePack(bytes, (cursor) => cursor.slice())));
    case MediaType.Framed:
      return readFramedPayloads(bytes);
    default:
      throw mediaTypeProblem(mediaType, ALL_TYPES);
  }
}

/** Reads `{"target", "arguments"}`. Throws `RestProblem`. */
export function readMethodCall({ value, text }: JsonText): MethodCall {
  const parsed = MESSAGE_SCHEMA.safeParse(withLowerCaseNames(value));
  if (!parsed.success) {
    throw invalidRequest(parsed.error.issues[0]?.message ?? 'The message cannot be read.', 'message');
  }
  const list = parsed.data.arguments == null ? NO_ARGUMENTS : memberTexts(text).get('arguments');
  // Names that are alike may have hidden another value from the check.
  if (list?.startsWith('[') !== true) throw invalidRequest('The "arguments" must be a list.', 'message');
  return { target: parsed.data.target, arguments: carryJson(list) };
}

/** Reads a body as JSON. Throws `RestProblem`. */
export function readJson(bytes: Buffer): JsonText {
  const read = readJsonText(bytes);
  if (read !== undefined) return read;
  throw invalidRequest('The body is not JSON in UTF-8, or it is nested too deep.', 'message');
}

/** Names of an object's members in lower case; of names that are alike, the last. Everything else as it is. */
export function withLowerCaseNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

function payloadsOf(call: MethodCall): PayloadMaker {
  return (invocationId) => callPayloads(call, invocationId);
}

function readMessagePack<T>(bytes: Uint8Array, read: (cursor: MessagePackCursor) => T): T {
  try {
    const cursor = new MessagePackCursor(bytes);
    const value = read(cursor);
    if (cursor.isAtEnd) return value;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw invalidRequest('The body is not exactly one MessagePack value.', 'message');
}

/** A map with `target` and `arguments`, or an array of the two (rest-api 5.3). */
function methodCallOf(cursor: MessagePackCursor): MethodCall {
  const head = cursor.next();
  if (head.kind === 'array' && head.length === 2) return checkedCall(cursor.slice(), cursor.slice());
  if (head.kind !== 'map') throw noCall();
  const members = new Map<string, Uint8Array>();
  for (let left = head.length; left > 0; left--) {
    const name = cursor.next();
    if (name.kind !== 'text') throw noCall();
    members.set(name.value.toLowerCase(), cursor.slice());
  }
  return checkedCall(members.get('target'), members.get('arguments'));
}

function checkedCall(target: Uint8Array | undefined, list: Uint8Array | undefined): MethodCall {
  const name = target === undefined ? undefined : new MessagePackCursor(target).next();
  if (name?.kind !== 'text' || name.value === '') throw noCall();
  return { target: name.value, arguments: carriedList(list) };
}

function carriedList(list: Uint8Array | undefined): CarriedValue {
  const head = list === undefined ? undefined : new MessagePackCursor(list).next();
  if (list === undefined || head?.kind === 'nil') return carryJson(NO_ARGUMENTS);
  if (head?.kind !== 'array') throw noCall();
  return carryMessagePack(list);
}

function noCall(): RestProblem {
  return invalidRequest(
    'The body must be a MessagePack map with "target" and "arguments", or an array of the two. The target must not be empty.',
    'message',
  );
}
