import { ProtocolError } from '../protocol-error.ts';
import { isJsonObject, type JsonObject, missingProperty, parseJsonObject, wrongType } from './json-input.ts';
import { HubMessageType } from './message-type.ts';
import type { DecodedHubMessage, HubMessageHeaders } from './messages.ts';

// What says the same as absence (no headers, no streams, no reconnect) is read as absence, as in MessagePack.

type Decoders = { readonly [T in HubMessageType]: (object: JsonObject) => DecodedHubMessage };

const decoders: Decoders = {
  [HubMessageType.Invocation]: (object) => ({
    type: 1,
    ...headers(object),
    ...optionalInvocationId(object),
    ...invocation(object),
  }),
  [HubMessageType.StreamItem]: (object) => {
    const addressed = { ...headers(object), invocationId: requiredText(object, 'invocationId') };
    if (!Object.hasOwn(object, 'item')) throw missingProperty('item', 'malformed');
    return { type: 2, ...addressed, item: object['item'] };
  },
  [HubMessageType.Completion]: completion,
  [HubMessageType.StreamInvocation]: (object) => ({
    type: 4,
    ...headers(object),
    invocationId: requiredText(object, 'invocationId'),
    ...invocation(object),
  }),
  [HubMessageType.CancelInvocation]: (object) => ({
    type: 5,
    ...headers(object),
    invocationId: requiredText(object, 'invocationId'),
  }),
  [HubMessageType.Ping]: () => ({ type: 6 }),
  [HubMessageType.Close]: close,
  [HubMessageType.Ack]: (object) => ({ type: 8, sequenceId: requiredInteger(object, 'sequenceId') }),
  [HubMessageType.Sequence]: (object) => ({ type: 9, sequenceId: requiredInteger(object, 'sequenceId') }),
};

/** Reads the JSON text of one hub message, without its record separator (client-protocol 3.3, 3.4). */
export function decodeJsonMessage(text: string): DecodedHubMessage {
  const object = parseJsonObject(text, 'malformed');
  const type = requiredInteger(object, 'type');
  return isKnown(type) ? decoders[type](object) : { type: 'unknown', messageType: type };
}

function isKnown(type: number): type is HubMessageType {
  return Object.hasOwn(decoders, type);
}

function completion(object: JsonObject): DecodedHubMessage {
  const addressed = { ...headers(object), invocationId: requiredText(object, 'invocationId') };
  const error = optionalText(object, 'error');
  if (!Object.hasOwn(object, 'result')) return { type: 3, ...addressed, ...(error === undefined ? {} : { error }) };
  if (error !== undefined) {
    throw new ProtocolError('malformed', "The 'error' and 'result' properties are mutually exclusive.");
  }
  return { type: 3, ...addressed, result: object['result'] };
}

function close(object: JsonObject): DecodedHubMessage {
  const error = optionalText(object, 'error');
  return { type: 7, ...(error === undefined ? {} : { error }), ...allowReconnect(object) };
}

function invocation(object: JsonObject): { target: string; arguments: unknown[]; streamIds?: string[] } {
  const target = requiredText(object, 'target');
  const values = object['arguments'];
  if (values === undefined) throw missingProperty('arguments', 'malformed');
  if (!Array.isArray(values)) throw wrongType('arguments', 'Array', 'malformed');
  return { target, arguments: values, ...streamIds(object) };
}

function streamIds(object: JsonObject): { streamIds?: string[] } {
  const ids = object['streamIds'];
  if (ids === undefined) return {};
  if (!Array.isArray(ids)) throw wrongType('streamIds', 'Array', 'malformed');
  if (!ids.every((id) => typeof id === 'string')) throw wrongType('streamIds', 'String', 'malformed');
  return ids.length === 0 ? {} : { streamIds: ids };
}

function headers(object: JsonObject): { headers?: HubMessageHeaders } {
  const value = object['headers'];
  if (value === undefined) return {};
  if (!isJsonObject(value)) throw wrongType('headers', 'Object', 'malformed');
  if (!isTextMap(value)) throw wrongType('headers', 'String', 'malformed');
  return Object.keys(value).length === 0 ? {} : { headers: value };
}

function isTextMap(object: JsonObject): object is HubMessageHeaders {
  return Object.values(object).every((value) => typeof value === 'string');
}

function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'String', 'malformed');
  return value;
}

function optionalInvocationId(object: JsonObject): { invocationId?: string } {
  const invocationId = optionalText(object, 'invocationId');
  return invocationId === undefined ? {} : { invocationId };
}

/** An empty text counts as absent: nothing can be addressed by it. */
function requiredText(object: JsonObject, name: string): string {
  const value = object[name];
  if (value === undefined || value === '') throw missingProperty(name, 'malformed');
  if (typeof value !== 'string') throw wrongType(name, 'String', 'malformed');
  return value;
}

function requiredInteger(object: JsonObject, name: string): number {
  const value = object[name];
  if (value === undefined) throw missingProperty(name, 'malformed');
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(name, 'Number', 'malformed');
  return value;
}

function allowReconnect(object: JsonObject): { allowReconnect?: boolean } {
  const value = object['allowReconnect'];
  if (value === undefined) return {};
  if (typeof value !== 'boolean') throw wrongType('allowReconnect', 'Boolean', 'malformed');
  return value ? { allowReconnect: true } : {};
}
