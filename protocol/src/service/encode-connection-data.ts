// The message that is written more often than all others together: what one client said, on its way to its app server
// or back (service-protocol 4.6).
import { lengthPrefixBytes, MessagePackWriter, writeLengthPrefix } from '../msgpack/writer.ts';
import { ExtensionKey } from './extensions.ts';
import { DataMessageType, ServiceMessageType } from './message-type.ts';

/** A connection id as it stands in messages. Keep it with the client instead of encoding it each time. */
export function packConnectionId(connectionId: string): Uint8Array {
  const writer = new MessagePackWriter({ initialBytes: 8 + connectionId.length });
  writer.string(connectionId);
  return writer.take();
}

/**
 * Appends a ConnectionData message with its length prefix.
 *
 * `packedConnectionId` comes from `packConnectionId`. `dataType` is a `DataMessageType`, 127 at most; leave it
 * out towards older SDKs (service-protocol 4.3).
 */
export function appendConnectionData(
  writer: MessagePackWriter,
  packedConnectionId: Uint8Array,
  payload: Uint8Array,
  dataType: number = DataMessageType.Unknown,
): void {
  const extensionBytes = dataType === DataMessageType.Unknown ? 1 : 3;
  const bodyBytes = 2 + packedConnectionId.length + binHeaderBytes(payload.length) + payload.length + extensionBytes;
  const start = writer.reserve(lengthPrefixBytes(bodyBytes) + bodyBytes);
  const bytes = writer.buffer;
  let position = writeLengthPrefix(bytes, start, bodyBytes);
  bytes[position++] = 0x94;
  bytes[position++] = ServiceMessageType.ConnectionData;
  bytes.set(packedConnectionId, position);
  position += packedConnectionId.length;
  position = writeBinHeader(bytes, position, payload.length);
  bytes.set(payload, position);
  position += payload.length;
  if (dataType === DataMessageType.Unknown) {
    bytes[position] = 0x80;
  } else {
    bytes[position++] = 0x81;
    bytes[position++] = ExtensionKey.DataType;
    bytes[position] = dataType;
  }
}

function binHeaderBytes(byteLength: number): number {
  if (byteLength <= 0xff) {
    return 2;
  }
  return byteLength <= 0xffff ? 3 : 5;
}

function writeBinHeader(bytes: Uint8Array, offset: number, byteLength: number): number {
  let position = offset;
  if (byteLength <= 0xff) {
    bytes[position++] = 0xc4;
  } else if (byteLength <= 0xffff) {
    bytes[position++] = 0xc5;
    bytes[position++] = byteLength >>> 8;
  } else {
    bytes[position++] = 0xc6;
    bytes[position++] = byteLength >>> 24;
    bytes[position++] = byteLength >>> 16;
    bytes[position++] = byteLength >>> 8;
  }
  bytes[position++] = byteLength;
  return position;
}
