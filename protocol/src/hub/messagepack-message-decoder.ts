import { Decoder } from '@msgpack/msgpack';
import { ProtocolError } from '../protocol-error.ts';
import { HubMessageType } from './message-type.ts';
import { CompletionKind } from './messagepack-completion-kind.ts';
import { checkMessagePackStructure } from './messagepack-structure.ts';
import type { DecodedHubMessage, HubMessageHeaders } from './messages.ts';

/** The elements of one message; the type is the first. Elements behind those that we know are ignored. */
type Elements = readonly unknown[];

type Decoders = { readonly [T in HubMessageType]: (elements: Elements) => DecodedHubMessage };

const decoder = new Decoder();

const decoders: Decoders = {
  [HubMessageType.Invocation]: (elements) => ({
    type: 1,
    ...headers(elements),
    ...optionalInvocationId(elements),
    ...invocation(elements),
  }),
  [HubMessageType.StreamItem]: (elements) => {
    const addressed = { ...headers(elements), invocationId: requiredText(elements, 2, 'invocationId') };
    if (elements.length < 4) throw malformed("Reading 'item' failed.");
    return { type: 2, ...addressed, item: elements[3] };
  },
  [HubMessageType.Completion]: completion,
  [HubMessageType.StreamInvocation]: (elements) => ({
    type: 4,
    ...headers(elements),
    invocationId: requiredText(elements, 2, 'invocationId'),
    ...invocation(elements),
  }),
  [HubMessageType.CancelInvocation]: (elements) => ({
    type: 5,
    ...headers(elements),
    invocationId: requiredText(elements, 2, 'invocationId'),
  }),
  [HubMessageType.Ping]: () => ({ type: 6 }),
  [HubMessageType.Close]: close,
  [HubMessageType.Ack]: (elements) => ({ type: 8, sequenceId: requiredInteger(elements, 1, 'sequenceId') }),
  [HubMessageType.Sequence]: (elements) => ({ type: 9, sequenceId: requiredInteger(elements, 1, 'sequenceId') }),
};

/** Reads one MessagePack hub message, without its length prefix (client-protocol 3.3, 3.4). */
export function decodeMessagePackMessage(body: Uint8Array): DecodedHubMessage {
  const elements = decodeElements(body);
  const type = requiredInteger(elements, 0, 'type');
  return isKnown(type) ? decoders[type](elements) : { type: 'unknown', messageType: type };
}

function isKnown(type: number): type is HubMessageType {
  return Object.hasOwn(decoders, type);
}

function decodeElements(body: Uint8Array): Elements {
  if (!isArrayHead(body[0])) throw malformed('Reading the array of the message failed.');
  const { hasBytes } = checkMessagePackStructure(body);
  let value: unknown;
  try {
    // Byte values come as views: they must not change with the buffer of whoever handed us the body.
    value = decoder.decode(hasBytes ? new Uint8Array(body) : body);
  } catch (cause) {
    throw new ProtocolError('malformed', 'The message is not MessagePack that this library reads.', { cause });
  }
  if (!Array.isArray(value)) throw malformed('Reading the array of the message failed.');
  return value;
}

function isArrayHead(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x90 && byte <= 0x9f) || byte === 0xdc || byte === 0xdd);
}

function close(elements: Elements): DecodedHubMessage {
  const error = optionalText(elements, 1, 'error');
  return { type: 7, ...(error === undefined ? {} : { error }), ...allowReconnect(elements) };
}

function completion(elements: Elements): DecodedHubMessage {
  const addressed = { ...headers(elements), invocationId: requiredText(elements, 2, 'invocationId') };
  const kind = requiredInteger(elements, 3, 'resultKind');
  switch (kind) {
    case CompletionKind.Error:
      return { type: 3, ...addressed, error: text(elements, 4, 'error') };
    case CompletionKind.Void:
      return { type: 3, ...addressed };
    case CompletionKind.Value:
      if (elements.length < 5) throw malformed("Reading 'result' failed.");
      return { type: 3, ...addressed, result: elements[4] };
    default:
      throw malformed('Invalid invocation result kind.');
  }
}

function optionalInvocationId(elements: Elements): { invocationId?: string } {
  const invocationId = optionalText(elements, 2, 'invocationId');
  return invocationId === undefined ? {} : { invocationId };
}

function invocation(elements: Elements): { target: string; arguments: unknown[]; streamIds?: string[] } {
  const target = requiredText(elements, 3, 'target');
  const values = elements[4];
  if (!Array.isArray(values)) throw malformed("Reading array length for 'arguments' failed.");
  return { target, arguments: values, ...streamIds(elements) };
}

/** Absent in the five-element form that JavaScript clients send. */
function streamIds(elements: Elements): { streamIds?: string[] } {
  const ids = elements[5];
  if (elements.length < 6) return {};
  if (!Array.isArray(ids)) throw malformed("Reading array length for 'streamIds' failed.");
  if (!ids.every((id) => typeof id === 'string')) throw malformed("Reading 'streamIds' as String failed.");
  return ids.length === 0 ? {} : { streamIds: ids };
}

function headers(elements: Elements): { headers?: HubMessageHeaders } {
  const value = elements[1];
  if (!isPlainMap(value)) throw malformed("Reading map length for 'headers' failed.");
  const entries = Object.entries(value);
  if (entries.length === 0) return {};
  if (!isTextMap(value)) throw malformed('Reading a header as String failed.');
  return { headers: value };
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isTextMap(map: Record<string, unknown>): map is Record<string, string> {
  return Object.values(map).every((value) => typeof value === 'string');
}

function text(elements: Elements, index: number, name: string): string {
  const value = elements[index];
  if (typeof value !== 'string') throw malformed(`Reading '${name}' as String failed.`);
  return value;
}

/** An empty text is refused: nothing can be addressed by it. */
function requiredText(elements: Elements, index: number, name: string): string {
  const value = text(elements, index, name);
  if (value === '') throw malformed(`The '${name}' is empty.`);
  return value;
}

/** Nil and an array that ends before the element both say that there is none. */
function optionalText(elements: Elements, index: number, name: string): string | undefined {
  const value = elements[index];
  return value === null || value === undefined ? undefined : text(elements, index, name);
}

function requiredInteger(elements: Elements, index: number, name: string): number {
  const value = elements[index];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw malformed(`Reading '${name}' as Int32 failed.`);
  return value;
}

function allowReconnect(elements: Elements): { allowReconnect?: boolean } {
  const value = elements[2];
  if (elements.length < 3) return {};
  if (typeof value !== 'boolean') throw malformed("Reading 'allowReconnect' as Boolean failed.");
  return value ? { allowReconnect: true } : {};
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('malformed', message);
}
