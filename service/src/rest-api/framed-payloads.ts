// Bodies of type application/octet-stream: a map from hub protocol to a ready hub message (rest-api 5.2).

import { ProtocolError } from '@signalite/protocol';
import type { Payload } from '@signalite/protocol/service';
import { hubFrameAt } from '../outbound/hub-frame.ts';
import { carryJson, carryMessagePack } from './carried-value.ts';
import { callPayloads, type MethodCall } from './hub-payloads.ts';
import { memberTexts, readJsonText } from './json-text.ts';
import { MessagePackCursor } from './messagepack-cursor.ts';
import { invalidRequest, type RestProblem } from './rest-problem.ts';

/** Reads the map; the messages stay as they are. Throws `RestProblem`. */
export function readFramedPayloads(body: Buffer): Payload[] {
  const payloads = readMap(body);
  if (payloads.length === 0) throw malformed('It holds no message.');
  for (const { protocol, data } of payloads) checkFrame(protocol.toLowerCase(), data);
  return payloads;
}

/** The same calls with an invocation id, which is why they are read here. Throws `RestProblem`. */
export function withInvocationId(payloads: readonly Payload[], invocationId: string): Payload[] {
  return payloads.flatMap((payload) => {
    const protocol = payload.protocol.toLowerCase();
    const readCall = CALL_READERS.get(protocol);
    if (readCall === undefined) return [];
    const call = readCall(unframed(protocol, payload.data));
    return callPayloads(call, invocationId).filter((one) => one.protocol === protocol);
  });
}

function readMap(body: Buffer): Payload[] {
  try {
    const cursor = new MessagePackCursor(body);
    const map = cursor.next();
    if (map.kind !== 'map') throw malformed('It is not a map.');
    const payloads = Array.from({ length: map.length }, () => readEntry(cursor));
    if (!cursor.isAtEnd) throw malformed('Bytes are left behind the map.');
    return payloads;
  } catch (error) {
    if (error instanceof ProtocolError) throw malformed(error.message);
    throw error;
  }
}

function readEntry(cursor: MessagePackCursor): Payload {
  const [name, data] = [cursor.next(), cursor.next()];
  if (name.kind === 'text' && data.kind === 'bytes') return { protocol: name.value, data: data.value };
  throw malformed('Each entry must be the name of a hub protocol, and the bytes of a message.');
}

/** A message without its own end would swallow the next one at every client. */
function checkFrame(protocol: string, data: Uint8Array): void {
  if (protocol !== 'json' && protocol !== 'messagepack') return;
  const frame = hubFrameAt(asBuffer(data), 0, protocol === 'json');
  if (frame?.end === data.length && frame.bodyEnd > frame.body) return;
  throw malformed(`The message for '${protocol}' is not exactly one framed hub message.`);
}

const CALL_READERS: ReadonlyMap<string, (message: Buffer) => MethodCall> = new Map([
  ['json', readJsonCall],
  ['messagepack', readMessagePackCall],
]);

function unframed(protocol: string, data: Uint8Array): Buffer {
  const frame = hubFrameAt(asBuffer(data), 0, protocol === 'json');
  return asBuffer(data).subarray(frame?.body, frame?.bodyEnd);
}

function readJsonCall(message: Buffer): MethodCall {
  const read = readJsonText(message);
  const isObject = typeof read?.value === 'object' && read.value !== null && !Array.isArray(read.value);
  const members = isObject ? memberTexts(read.text) : undefined;
  const [target, list] = [members?.get('target'), members?.get('arguments')];
  if (target?.startsWith('"') !== true || list?.startsWith('[') !== true) throw noInvocation('json');
  return { target: String(JSON.parse(target)), arguments: carryJson(list) };
}

/** `[1, headers, invocation id, target, arguments, stream ids?]` */
function readMessagePackCall(message: Buffer): MethodCall {
  try {
    const cursor = new MessagePackCursor(message);
    const [head, type] = [cursor.next(), cursor.next()];
    cursor.slice();
    cursor.slice();
    const target = cursor.next();
    const list = cursor.slice();
    const isCall = head.kind === 'array' && type.kind === 'integer' && type.value === 1n;
    if (isCall && target.kind === 'text' && new MessagePackCursor(list).next().kind === 'array') {
      return { target: target.value, arguments: carryMessagePack(list) };
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  throw noInvocation('messagepack');
}

function noInvocation(protocol: string): RestProblem {
  return malformed(`The message for '${protocol}' is not an Invocation.`);
}

function malformed(why: string): RestProblem {
  return invalidRequest(
    `The body must be a MessagePack map from the names of hub protocols to framed hub messages. ${why}`,
    'message',
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
