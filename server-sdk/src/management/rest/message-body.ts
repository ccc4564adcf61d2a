// What a send carries (rest-api 5.1, 5.2).
import { MessagePackWriter } from '@signalite/protocol/service';
import type { HubProtocols } from '../../client-connection/hub-protocols.ts';
import { SignalRServerError } from '../../errors.ts';
import type { ClientCall } from '../../hub/hub-sender.ts';

/** Documented of the service (rest-api 2.3). */
const BODY_MAX_BYTES = 1_048_576;
const JSON_TYPE = 'application/json; charset=utf-8';
/** A ready hub message for each hub protocol. */
const FRAMED_TYPE = 'application/octet-stream';

export interface MessageBody {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * What JSON says exactly goes as JSON, and the service writes it for each client; everything else (bytes, dates, large
 * numbers) goes as ready hub messages, one for each protocol. Throws `message-too-large`.
 */
export function messageBody(call: ClientCall, protocols: HubProtocols): MessageBody {
  const body = call.args.every(isExactJson) ? jsonBody(call) : framedBody(call, protocols);
  const { length } = body.bytes;
  if (length <= BODY_MAX_BYTES) return body;
  const text = `The message has ${length} bytes; a REST call takes ${BODY_MAX_BYTES}. Send less at once, or use the persistent transport.`;
  throw new SignalRServerError('message-too-large', text);
}

function jsonBody({ method, args }: ClientCall): MessageBody {
  return {
    contentType: JSON_TYPE,
    bytes: new TextEncoder().encode(JSON.stringify({ target: method, arguments: args })),
  };
}

function framedBody({ method, args }: ClientCall, protocols: HubProtocols): MessageBody {
  const payloads = protocols.encodeForAll({ type: 1, target: method, arguments: args });
  const writer = new MessagePackWriter();
  writer.mapHeader(payloads.length);
  for (const { protocol, data } of payloads) {
    writer.string(protocol);
    writer.bin(data);
  }
  return { contentType: FRAMED_TYPE, bytes: new Uint8Array(writer.take()) };
}

/** Is this value the same after a journey as JSON text, and in both hub protocols? */
function isExactJson(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
    case 'object':
      return value === null || isExactObject(value);
    default:
      return false;
  }
}

function isExactObject(value: object): boolean {
  if (Array.isArray(value)) return value.every(isExactJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
  return isPlain && Object.values(value).every(isExactJson);
}
